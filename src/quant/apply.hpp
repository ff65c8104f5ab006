// Performs a QuantPlan.
#pragma once

#include "quant/plan.hpp"

namespace tinsmith {

// The graph with integer nodes, constants stored as integers, and Quantize and Dequantize where integers and floats meet.
Graph apply_plan(const Graph& graph, const QuantPlan& plan);

}  // namespace tinsmith
