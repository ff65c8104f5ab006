// Which results may be written over an operand while that is read.
#pragma once

#include "ir/graph.hpp"
#include "plan/plan.hpp"

#include <optional>

namespace tinsmith {

// How many bytes before operand `operand` the node's only result must begin at least, so that nothing is overwritten that is still to
// be read; at most the result's size. Nothing: the two must lie apart.
std::optional<size_t> overlap_distance(const Graph& graph, const Node& node, size_t operand, const PlanOptions& options);

// The operand whose bytes are those of the node's only result (Reshape); no_value: there is none.
ValueId same_bytes(const Graph& graph, const Node& node);

}  // namespace tinsmith
