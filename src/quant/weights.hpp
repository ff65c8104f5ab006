// Constants as integers.
#pragma once

#include "quant/stored.hpp"

#include <span>

namespace tinsmith {

struct StoredConstant {
    Type type;
    Buffer data;
};

// Every element rounded to the nearest stored integer.
StoredConstant stored_constant(const Graph& graph, ValueId id, const Stored& stored);

// The scale of which all weights are whole multiples, 127 at most; 0 where there is none. Weights that were trained on integers, or
// came from another quantiser, keep them so, through whatever was folded into them since.
float lattice_scale(std::span<const float> weights);

// The smallest scale of weights with which the bias fits an int32 and leaves room for the sum: bias / (x_scale * scale) < 2^30.
float least_weight_scale(float bias, float x_scale);

// Weights as int8: symmetric, -127..127, one scale for each index along `axis`, or one for all (-1): that of their lattice, else the largest weight over
// 127. `bias` (one float for each channel, or empty) and the scale of x decide how small a scale may be.
StoredConstant stored_weights(const Graph& graph, ValueId weights, int axis, const std::vector<float>& bias, float x_scale);

// The same for a node of a plan, whose x has this scale: one scale for each output channel, or for all.
StoredConstant stored_weights(const Graph& graph, const Node& node, bool one_scale, const std::vector<float>& bias,
                              float x_scale);

// A bias as TFLite's kernels add it: round(bias / (x_scale * weight_scale[c])), int32, or int64 where x is int16.
StoredConstant stored_bias(const std::vector<float>& bias, float x_scale, const std::vector<float>& weight_scales, DType dtype);

}  // namespace tinsmith
