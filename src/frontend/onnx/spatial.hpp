// Windows as ONNX states them (kernel_shape, strides, dilations, pads, auto_pad, ceil_mode).
#pragma once

#include "frontend/compose/pool.hpp"
#include "frontend/onnx/node_reader.hpp"

namespace tinsmith {

// Reads the window of a pooling or convolution node over `spatial` extents. `ceil_mode` is read where the operator has it.
// Throws Fault::input for numbers that make no sense.
SpatialWindow read_window(const NodeReader& r, const Shape& spatial, Ints kernel);

// kernel_shape of a pool; throws Fault::input when it is missing or its length is not that of the spatial axes.
Ints pool_kernel(const NodeReader& r);

// The operand of a pool and its window. Throws Fault::input for numbers that make no sense.
PoolInput pool_input(NodeReader& r, Compose& m);

}  // namespace tinsmith
