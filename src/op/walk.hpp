// Walks for the broadcasting kernels, as short as the shapes allow.
#pragma once

#include "ir/op_def.hpp"
#include "kernel/tensor.h"

namespace tinsmith {

// A walk over `out` that reads up to three inputs whose shapes broadcast to it. Dimensions of one element are left out and
// neighbours merged where every input allows it, so equal shapes and scalars become a single row, in which each input either
// advances by one element or stays. Requires that what remains has at most TIN_MAX_RANK dimensions.
tin_walk broadcast_walk(const Shape& out, std::initializer_list<const Shape*> inputs);

}  // namespace tinsmith
