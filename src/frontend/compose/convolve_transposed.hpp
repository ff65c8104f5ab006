// Transposed convolution of channels-first tensors, for the converters that need one.
#pragma once

#include "frontend/compose/compose.hpp"

namespace tinsmith {

struct Transposed {
    Ints kernel, strides, dilations, before, after, extra;  // extra: output_padding
};

// x [N,C,spatial...], weights [C,O/group,kernel...], bias [O] or no_value; one to three spatial axes.
ValueId convolve_transposed(Compose& m, ValueId x, ValueId weights, ValueId bias, Transposed window, int64_t group);

}  // namespace tinsmith
