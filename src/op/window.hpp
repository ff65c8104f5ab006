// Windows that slide over the spatial axes of a channels-last tensor: what convolutions and pools have in common.
#pragma once

#include "ir/op_def.hpp"
#include "kernel/conv_3d.h"
#include "kernel/window.h"

namespace tinsmith {

// How many places a window of `kernel` cells, `dilation` apart, takes in steps of `stride` along `in` cells with `before` and
// `after` added at the ends. Throws Fault::input when a number makes no sense or the window does not fit once.
int64_t window_places(int64_t in, int64_t kernel, int64_t stride, int64_t dilation, int64_t before, int64_t after);

// Attributes of a node for `axes` spatial axes; throws Fault::input when a list has another length.
struct WindowAttrs {
    Ints kernel, strides, dilations, pads;  // pads: all befores, then all afters
    static WindowAttrs of(const Node& node, size_t axes, Ints kernel);
    // Output extents for the spatial extents of `x`, which has shape [batch, spatial..., channels].
    Shape places(const Shape& x) const;
};

// Output extents of a transposed convolution along one axis: (in - 1) * stride + kernel - before - after + output_padding.
int64_t transposed_places(int64_t in, int64_t kernel, int64_t stride, int64_t before, int64_t after, int64_t output_padding);
// The same for all axes of a node with attributes strides, pads and output_padding.
Shape transposed_places(const Node& node, const Shape& x, const Ints& kernel);

// Throws Fault::input naming the operand unless it has this rank.
void check_rank(const InferContext& c, size_t operand, int64_t rank);
// Throws Fault::input unless operand `index` is absent or has `count` elements along its only axis.
void check_bias(const InferContext& c, size_t index, int64_t count);
// Throws Fault::input unless the weights have the element type of x, or the one that goes with it: stored weights beside a stored x
// or, where the operator is `hybrid`, beside floats. They may have a scale for each index along `axis`.
void check_weights_type(const InferContext& c, int axis, bool hybrid = false);

// The same numbers as a two-dimensional kernel takes them. `x` is the tensor that the window slides over, `y` the other one.
tin_window window_of(const WindowAttrs& attrs, const Shape& x, const Shape& y);
tin_window_3d window_3d_of(const WindowAttrs& attrs, const Shape& x, const Shape& y);

}  // namespace tinsmith
