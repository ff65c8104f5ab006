// Constants as integers.
#pragma once

#include "quant/stored.hpp"

namespace tinsmith {

struct StoredConstant {
    Type type;
    Buffer data;
};

// Every element rounded to the nearest stored integer.
StoredConstant stored_constant(const Graph& graph, ValueId id, const Stored& stored);

// Weights as int8: symmetric, -127..127, one scale for each index along `axis`. `bias` (one float for each channel, or empty)
// and the scale of x decide how small a scale may be: bias / (x_scale * scale) must fit an int32 with room for the sum.
StoredConstant stored_weights(const Graph& graph, ValueId weights, int axis, const std::vector<float>& bias, float x_scale);

// A bias as TFLite's kernels add it: round(bias / (x_scale * weight_scale[c])), int32, or int64 where x is int16.
StoredConstant stored_bias(const std::vector<float>& bias, float x_scale, const std::vector<float>& weight_scales, DType dtype);

}  // namespace tinsmith
