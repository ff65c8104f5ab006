// Performs a QuantPlan.
#pragma once

#include "quant/plan.hpp"

namespace tinsmith {

// The graph with integer nodes, constants stored as integers, and Quantize and Dequantize where integers and floats meet.
Graph apply_plan(const Graph& graph, const QuantPlan& plan);

// The weights and the bias of node `n` of `graph`, stored, become constants of `to` and operands of `node`, the same node there.
void store_weights(const Graph& graph, const QuantPlan& plan, size_t n, Graph& to, Node& node);

}  // namespace tinsmith
