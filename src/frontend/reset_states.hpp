// A model that remembers, made one that does not.
#pragma once

#include "ir/graph.hpp"

namespace tinsmith {

// Before: states that a run finds as the last one left them
// After:  none: every run finds what the first one found
void reset_states(Graph& graph);

}  // namespace tinsmith
