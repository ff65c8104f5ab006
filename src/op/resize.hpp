// What the two resizing operators share.
#pragma once

#include "kernel/resize.h"
#include "op/move.hpp"

namespace tinsmith {

// x [n, h, w, c] -> [n, size[0], size[1], c].
std::vector<Type> infer_resize(const InferContext& c);
tin_resize resize_of(const EvalContext& c);

}  // namespace tinsmith
