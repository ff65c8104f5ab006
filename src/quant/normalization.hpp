// Statistics of a tensor that are computed from it: layer normalisation, as it is spelt in operators of TFLite.
#pragma once

#include "ir/graph.hpp"

namespace tinsmith {

// Nodes that normalise by a computed deviation: 1 / sqrt(mean((x - mean(x))^2) + e) and what it is multiplied with; and the sums that
// are normalised, which a transformer carries from block to block. By node index.
std::vector<bool> normalization_nodes(const Graph& graph);

// Before: Square(x).  After: Mul(x, x).  When: always; TFLite squares floats only. Returns how many changed.
int spell_squares_as_products(Graph& graph);

}  // namespace tinsmith
