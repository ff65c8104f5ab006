// Operators that only their own runtime computes.
#pragma once

#include "ir/graph.hpp"

#include <set>

namespace tinsmith {

// What people call the operator of a node: its row's name, or that of a custom one.
std::string_view operator_name(const Node& node);

// Names of the custom operators in a graph and in the bodies of its control flow.
std::set<std::string> custom_operators(const Graph& graph);

}  // namespace tinsmith
