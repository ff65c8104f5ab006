// The heart of attention: products of computed tensors with a softmax between them.
#pragma once

#include "ir/graph.hpp"

namespace tinsmith {

// Nodes of softmax(q k' + mask) v, from the first product to the second, with what scales, masks and reshapes between them. By node index.
std::vector<bool> attention_nodes(const Graph& graph);

}  // namespace tinsmith
