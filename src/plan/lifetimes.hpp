// When the values of a graph come into being, and when they are used for the last time.
#pragma once

#include "ir/graph.hpp"
#include "plan/place.hpp"

namespace tinsmith {

// One lifetime for each value of the graph: step 0 is the arrival of the inputs, step i + 1 is node i, and outputs live to the
// end. States are copied in as inputs are and out as outputs. Constants and values that nothing computes have no bytes.
std::vector<Lifetime> value_lifetimes(const Graph& graph);

// The same where step i + 1 is node order[i] and states stay where they are: each is alive at every step.
std::vector<Lifetime> ordered_lifetimes(const Graph& graph, std::span<const uint32_t> order);

}  // namespace tinsmith
