#include "quant/weights.hpp"

#include "quant/plan.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith {

// std::nearbyint for |x| < 2^22, in two additions that compilers make vectors of.
static float to_nearest(float x) {
    constexpr float shift = 0x1.8p23f;
    return (x + shift) - shift;
}

template <class T>
static Buffer rounded(const std::vector<float>& values, const Stored& stored) {
    const auto [low, high] = integer_bounds(stored.dtype);
    std::vector<T> out(values.size());
    for (size_t i = 0; i < values.size(); ++i) {
        const double steps = std::nearbyint(static_cast<double>(values[i]) / static_cast<double>(stored.scale()));
        out[i] = static_cast<T>(
            std::clamp(steps + static_cast<double>(stored.zero_point()), static_cast<double>(low), static_cast<double>(high)));
    }
    return Buffer::of(std::move(out));
}

StoredConstant stored_constant(const Graph& graph, ValueId id, const Stored& stored) {
    const std::vector<float> values = graph.constant_floats(id);
    Buffer data = stored.dtype == DType::i16  ? rounded<int16_t>(values, stored)
                  : stored.dtype == DType::u8 ? rounded<uint8_t>(values, stored)
                                              : rounded<int8_t>(values, stored);
    return {{stored.dtype, graph.type(id).shape, stored.quant}, std::move(data)};
}

float lattice_scale(std::span<const float> weights) {
    float largest = 0;
    for (float w : weights) largest = std::max(largest, std::fabs(w));
    if (largest == 0 || weights.size() < 2) return 0;
    constexpr float tolerance = 2e-5f;  // of a step: three roundings of a float of up to 127 steps
    for (int steps = 1; steps <= 127; ++steps) {
        const float per_step = static_cast<float>(steps) / largest;
        const bool whole = std::all_of(weights.begin(), weights.end(), [&](float w) {
            const float at = w * per_step;
            return std::fabs(at - to_nearest(at)) <= tolerance * std::max(1.0f, static_cast<float>(steps) / 8);
        });
        if (whole) return largest / static_cast<float>(steps);
    }
    return 0;
}

float least_weight_scale(float bias, float x_scale) { return std::fabs(bias) / (x_scale * 0x1p30f); }

StoredConstant stored_weights(const Graph& graph, ValueId weights, int axis, const std::vector<float>& bias, float x_scale) {
    const Shape& shape = graph.type(weights).shape;
    const std::vector<float> w = graph.constant_floats(weights);
    const size_t channels = axis < 0 ? 1 : static_cast<size_t>(shape[static_cast<size_t>(axis)]);
    size_t inner = 1;
    for (size_t d = static_cast<size_t>(axis + 1); d < shape.size(); ++d) inner *= static_cast<size_t>(shape[d]);
    // A channel's weights are runs of `inner`, `apart` from each other.
    const size_t apart = channels * inner;
    std::vector<float> scale(channels, 0.0f), of_channel;
    constexpr float smallest = 1e-12f;
    for (size_t c = 0; c < channels; ++c) {
        of_channel.clear();
        for (size_t run = c * inner; run < w.size(); run += apart)
            of_channel.insert(of_channel.end(), w.begin() + static_cast<std::ptrdiff_t>(run),
                              w.begin() + static_cast<std::ptrdiff_t>(run + inner));
        scale[c] = lattice_scale(of_channel);
        if (scale[c] == 0)
            for (float v : of_channel) scale[c] = std::max(scale[c], std::fabs(v) / 127);
        if (c < bias.size()) scale[c] = std::max(scale[c], least_weight_scale(bias[c], x_scale));
        scale[c] = scale[c] == 0 ? 1.0f : std::max(scale[c], smallest);
    }
    std::vector<int8_t> stored(w.size());
    for (size_t run = 0; run < w.size(); run += inner) {
        const float step = scale[run / inner % channels];
        for (size_t i = run; i < run + inner; ++i)
            stored[i] = static_cast<int8_t>(to_nearest(std::clamp(w[i] / step, -127.0f, 127.0f)));
    }
    Quant quant{std::move(scale), std::vector<int64_t>(channels, 0), axis};
    return {{DType::i8, shape, std::move(quant)}, Buffer::of(std::move(stored))};
}

StoredConstant stored_weights(const Graph& graph, const Node& node, bool one_scale, const std::vector<float>& bias,
                              float x_scale) {
    const WeightOperands at = *weight_operands(*node.op);
    if (!one_scale) return stored_weights(graph, node.inputs[at.weights], at.axis, bias, x_scale);
    std::vector<float> largest;
    if (!bias.empty())
        largest.push_back(
            *std::max_element(bias.begin(), bias.end(), [](float a, float b) { return std::fabs(a) < std::fabs(b); }));
    return stored_weights(graph, node.inputs[at.weights], -1, largest, x_scale);
}

template <class T>
static Buffer rounded_bias(const std::vector<float>& bias, const std::vector<float>& scale) {
    std::vector<T> out(bias.size());
    for (size_t c = 0; c < bias.size(); ++c) {
        const double steps = std::nearbyint(static_cast<double>(bias[c]) / static_cast<double>(scale[c]));
        constexpr double most = sizeof(T) == 4 ? 2147483647.0 : 9007199254740992.0;
        out[c] = static_cast<T>(std::clamp(steps, -most, most));
    }
    return Buffer::of(std::move(out));
}

StoredConstant stored_bias(const std::vector<float>& bias, float x_scale, const std::vector<float>& weight_scales,
                           DType dtype) {
    const bool single = weight_scales.size() == 1;
    std::vector<float> scale;
    for (size_t c = 0; c < bias.size(); ++c) scale.push_back(x_scale * weight_scales[single ? 0 : c]);
    Buffer data = dtype == DType::i64 ? rounded_bias<int64_t>(bias, scale) : rounded_bias<int32_t>(bias, scale);
    const auto channels = static_cast<int64_t>(bias.size());
    if (single) scale.resize(1);
    Quant quant{std::move(scale), std::vector<int64_t>(single ? 1 : bias.size(), 0), single ? -1 : 0};
    return {{dtype, {channels}, std::move(quant)}, std::move(data)};
}

}  // namespace tinsmith
