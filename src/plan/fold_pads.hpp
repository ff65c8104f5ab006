// Convolutions that pad their input themselves, instead of reading what a Pad copied.
#pragma once

#include "ir/op_def.hpp"

namespace tinsmith {

// Before: Conv(Pad(x, 0))
// After:  Conv(x) with larger pads, which may differ on every side; the Pad is gone when nothing else reads it. Values keep their ids.
// When:   x has one of `types`; of quantised ones the Pad's 0 is the zero point, which is what the integer kernels pad with.
void fold_pads(Graph& graph, DTypes types);

}  // namespace tinsmith
