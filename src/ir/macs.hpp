// The work of a node.
#pragma once

#include "ir/op_def.hpp"

namespace tinsmith {

// Multiply-accumulates of one evaluation of the node: 0 where the operator does not count them.
int64_t node_macs(const Graph& graph, const Node& node);

}  // namespace tinsmith
