// The first half of planning: which nodes compute on integers.
#pragma once

#include "quant/plan.hpp"

namespace tinsmith {

// By node index.
std::vector<NodePlan> choose_schemes(const Graph& graph, const Ranges& ranges, const Recipe& recipe);

// Whether the operator only moves, selects or pools elements.
inline bool keeps_scale(const OpDef& op) { return op.quant == QuantRule::same_as_input; }

}  // namespace tinsmith
