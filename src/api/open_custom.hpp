// What can be compared of a model with operators that only their own runtime computes.
#pragma once

#include "ir/graph.hpp"

namespace tinsmith {

// Before: custom operators.
// After:  their operands are outputs and their results inputs, named by operator ("FlexBetainc #0 operand 1"); what nothing needs is gone.
// When:   all of them stand in the graph itself: returns false where some lie in the bodies of control flow.
bool open_custom(Graph& graph);

}  // namespace tinsmith
