// Convolutions and pools over channels-last tensors [N, spatial..., C] with one to three spatial axes and TensorFlow's padding.
#pragma once

#include "frontend/compose/compose.hpp"

namespace tinsmith {

enum class Padding { valid, same };

struct Window {
    Ints kernel, strides, dilations, before, after;  // one number for each spatial axis

    size_t axes() const { return kernel.size(); }
    Ints pads() const;
};

// The window over a tensor of shape x. "same": out = ceil(in / stride), the odd cell of the padding behind. Throws Fault::input for
// numbers that make no sense and windows that do not fit.
Window window_over(const Shape& x, Ints kernel, Ints strides, Ints dilations, Padding padding);

// weights [kernel..., in / group, out], bias [out] or no_value.
ValueId convolve_last(Compose& m, ValueId x, ValueId weights, ValueId bias, const Window& w, int64_t group);
// weights [kernel..., in, multiplier]; output channel i * multiplier + j. One or two axes.
ValueId convolve_depthwise(Compose& m, ValueId x, ValueId weights, ValueId bias, const Window& w);
// op::MaxPool or op::AveragePool; padded cells do not count.
ValueId pool_last(Compose& m, const OpDef& op, ValueId x, const Window& w);
// The gradient of a convolution whose output is x: weights [kernel..., out, in]; `places` is the spatial shape of the result.
ValueId convolve_back(Compose& m, ValueId x, ValueId weights, ValueId bias, const Window& w, const Ints& places);

}  // namespace tinsmith
