// Tensors taken apart and put together along an axis that steps of a loop run over.
#pragma once

#include "ir/builder.hpp"

namespace tinsmith {

// x[..., index, ...] along `axis`, without that axis.
ValueId take_step(Builder& b, ValueId x, int64_t axis, int64_t index);
// The inverse: equal shapes, joined along a new axis. Requires at least one.
ValueId stack_steps(Builder& b, const std::vector<ValueId>& steps, int64_t axis);

}  // namespace tinsmith
