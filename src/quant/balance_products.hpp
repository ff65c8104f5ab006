// Attention's products between operands of unlike range.
#pragma once

#include "ir/graph.hpp"
#include "quant/ranges.hpp"

namespace tinsmith {

// Before: MatMul(a, b) where one dense layer computes a and b, or computes a and b is what attention weighs, through Splits, Reshapes and
//         Transposes; the ranges of a, b and the layer's other parts differ, and one scale serves them all.
// After:  the layer's weights give each part the same range: a * c and b / c have the same product, and what scales b of an attention's sum is
//         taken out of the dense layer behind it.
// When:   nothing else reads these parts. The float graph computes the same; its integers are finer.
// `ranges` follow. Returns how many parts were scaled.
int balance_products(Graph& graph, Ranges& ranges);

}  // namespace tinsmith
