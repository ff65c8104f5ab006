// Ranges no wider than what the readers of a tensor can tell apart.
#pragma once

#include "quant/ranges.hpp"

namespace tinsmith {

// Before: x of Sigmoid, Tanh, HardSwish, Gelu, or of x * Sigmoid(x), with the range that was chosen for it.
// After:  a range without the numbers that all give the same stored result: the steps that are left are finer.
// When:   all readers of x are such; the results' ranges are known. `results` is how results are stored: i8 or i16.
void clip_to_readers(const Graph& graph, Ranges& ranges, DType results);

}  // namespace tinsmith
