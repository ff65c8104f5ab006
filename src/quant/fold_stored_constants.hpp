// Weights that a file already stores as integers.
#pragma once

#include "ir/graph.hpp"

namespace tinsmith {

// Before: Dequantize of a constant, and what only rearranges or computes with such constants.
// After:  the floats as a constant: weights like any others, which keep their steps where they lie on a lattice.
// When:   always. Returns how many nodes went.
int fold_stored_constants(Graph& graph);

}  // namespace tinsmith
