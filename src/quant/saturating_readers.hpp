// Functions that are flat where their operand is far from zero.
#pragma once

#include "ir/graph.hpp"
#include "quant/ranges.hpp"

namespace tinsmith {

// Before: the range of a value that only such functions read: Sigmoid, Tanh, HardSwish, Gelu, x * Sigmoid(x).
// After:  a range that ends where 8 bits of their result cannot tell numbers apart any more; the steps inside are finer.
// Returns how many ranges became narrower.
int narrow_saturating(const Graph& graph, Ranges& ranges);

}  // namespace tinsmith
