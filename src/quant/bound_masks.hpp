// Masks in front of a softmax, whose numbers stand for minus infinity.
#pragma once

#include "ir/graph.hpp"

namespace tinsmith {

// Before: a constant of -10,000 or less, -infinity too, that Where, Add or Mul puts into the operand of a Softmax, through movements.
// After:  -40 in its place.
// When:   on the way to a Softmax alone, but not right in front of it, where softmax_masks() finds it. e^-40 beside e^0 is nothing.
// Returns how many constants were replaced.
int bound_masks(Graph& graph);

}  // namespace tinsmith
