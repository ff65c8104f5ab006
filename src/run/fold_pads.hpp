// Convolutions that pad their input themselves, instead of reading what a Pad copied.
#pragma once

#include "ir/graph.hpp"

namespace tinsmith {

// Before: Conv(Pad(x, 0))
// After:  Conv(x) with larger pads; the Pad is gone when nothing else reads it. Values keep their ids.
void fold_pads(Graph& graph);

}  // namespace tinsmith
