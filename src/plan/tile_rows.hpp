// Rows of what a node computes: which rows of its operands they need, and the node that computes them alone.
#pragma once

#include "plan/plan.hpp"

#include <optional>

namespace tinsmith {

// Kernel rows of a node that slides a window over images.
std::optional<int64_t> kernel_rows(const Graph& graph, const Node& node);

// The rows of operand 0 under the windows of the rows `out` of the result.
TileRows rows_under(const Graph& graph, const Node& node, int64_t kernel, TileRows out);

// A node of a stage that computes the rows `out` of its result from the rows `operands`, images among its operands in their order.
struct RowsOfNode {
    Node node;
    std::vector<TileRows> operands;
};
RowsOfNode rows_of_node(const Graph& graph, const Node& node, TileRows out);

}  // namespace tinsmith
