// Convolution of channels-first tensors, for the converters that need one.
#pragma once

#include "frontend/compose/spatial.hpp"

namespace tinsmith {

// x [N,C,spatial...], weights [O,C/group,kernel...], bias [O] or no_value; one to three spatial axes.
ValueId convolve(Compose& m, ValueId x, ValueId weights, ValueId bias, SpatialWindow window, int64_t group);

}  // namespace tinsmith
