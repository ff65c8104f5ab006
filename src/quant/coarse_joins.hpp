// Concats inside a graph that give one scale to numbers of very different size.
#pragma once

#include "quant/plan.hpp"

namespace tinsmith {

// A line for each Concat on integers whose operands' ranges differ by more than `most_range_ratio`: which, by how much, and how many steps of the
// result's scale the smallest is left with. Ranges are those of the same graph.
std::vector<std::string> coarse_joins(const Graph& graph, const Ranges& ranges, const QuantPlan& plan);

}  // namespace tinsmith
