// Windows as ONNX states them (kernel_shape, strides, dilations, pads, auto_pad, ceil_mode), and the forms that the graph's
// spatial operators have: channels last, two axes where ONNX has one.
#pragma once

#include "frontend/compose/compose.hpp"
#include "frontend/onnx/node_reader.hpp"

namespace tinsmith {

struct SpatialWindow {
    Ints kernel, strides, dilations;
    Ints before, after;  // padding that the model states; padded cells count where an average counts them
    Ints overhang;       // cells beyond that which the last window of ceil_mode reaches
    Ints out;

    size_t axes() const { return kernel.size(); }
    bool dilated() const;
    bool padded() const;
    // [befores, afters] as the graph's operators take them; the afters include the overhang.
    Ints pads() const;
    // An axis of one cell in front of the only one: a 1-D window as a 2-D one.
    void insert_axis();
};

// Reads the window of a pooling or convolution node over `spatial` extents. `ceil_mode` is read where the operator has it.
// Throws Fault::input for numbers that make no sense.
SpatialWindow read_window(const NodeReader& r, const Shape& spatial, Ints kernel);

// kernel_shape of a pool; throws Fault::input when it is missing or its length is not that of the spatial axes.
Ints pool_kernel(const NodeReader& r);

// [N,C,L] as [N,C,1,L]; other ranks as they are.
ValueId at_least_2d(Compose& m, ValueId x);
// Back to ONNX's shape: channels first, without the axis that at_least_2d added.
ValueId from_channels_last(Compose& m, ValueId y, bool added_axis);

}  // namespace tinsmith
