#include "op/quantised.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith {

double scale_ratio(const Type& x, const Type& y) {
    return y.dtype == DType::u8 ? static_cast<double>(float_scale(x) / float_scale(y)) : scale_of(x) / scale_of(y);
}

tin_binary binary_of(const EvalContext& c, StoredRange range) {
    const Type& y = *c.out[0].type;
    return {.zero_a = zero_point_of(*c.in[0].type),
            .zero_b = zero_point_of(*c.in[1].type),
            .zero_y = y.quant ? zero_point_of(y) : 0,
            .a = {},
            .b = {},
            .y = {},
            .shift = 0,
            .low = range.low,
            .high = range.high};
}

double common_scale(const EvalContext& c, int32_t shift, tin_binary& q) {
    const double a = scale_of(*c.in[0].type), b = scale_of(*c.in[1].type), twice = 2 * std::max(a, b);
    q.a = quantised_multiplier(a / twice);
    q.b = quantised_multiplier(b / twice);
    q.shift = shift;
    return twice;
}

tin_binary sum_of(const EvalContext& c) {
    const Type& y = *c.out[0].type;
    tin_binary q = binary_of(c, stored_range(c.node, y));
    const double twice = common_scale(c, y.dtype == DType::i16 ? 15 : 20, q);
    q.y = quantised_multiplier(twice / ((1 << q.shift) * scale_of(y)));
    return q;
}

void eval_quantised_comparison(const EvalContext& c, const Kernels<QuantisedComparison>& kernels) {
    tin_binary q = binary_of(c, {0, 1});
    q.a = quantised_multiplier(scale_of(*c.in[0].type));
    q.b = quantised_multiplier(scale_of(*c.in[1].type));
    q.shift = 8;
    eval_quantised(c, kernels, q);
}

StoredTable stored_table(DType from_type, DType to_type, const std::function<int32_t(int32_t)>& f) {
    const StoredRange from = stored_range(from_type), to = stored_range(to_type);
    StoredTable table;
    for (int32_t v = from.low; v <= from.high; ++v)
        table[static_cast<uint8_t>(v)] = static_cast<uint8_t>(std::clamp(f(v), to.low, to.high));
    return table;
}

void eval_table(const EvalContext& c, const std::function<int32_t(int32_t)>& f) {
    const StoredTable table = stored_table(c.in[0].type->dtype, c.out[0].type->dtype, f);
    known(c, table);
    call(c, tin_lookup_8, c.in[0].as<uint8_t>(), c.out[0].as<uint8_t>(), c.out[0].type->elements(), table.data());
}

void eval_real(const EvalContext& c, const std::function<float(float)>& f) {
    const Type &x = *c.in[0].type, &y = *c.out[0].type;
    const int32_t zero_x = zero_point_of(x), zero_y = zero_point_of(y);
    if (x.dtype == DType::i16) {
        const std::vector<int16_t> table = sample_16(float_scale(x), zero_x, float_scale(y), zero_y, f);
        known(c, table);
        return call(c, tin_lookup_16, c.in[0].as<int16_t>(), c.out[0].as<int16_t>(), y.elements(), table.data());
    }
    const float inverse = 1 / float_scale(y);
    eval_table(c, [&](int32_t v) {
        const float steps = std::round(f(float_scale(x) * static_cast<float>(v - zero_x)) * inverse);
        const float stored = steps + static_cast<float>(zero_y);
        return std::isnan(stored) ? zero_y : static_cast<int32_t>(std::clamp(stored, -1e9f, 1e9f));
    });
}

std::vector<int16_t> sample_16(float scale_x, int32_t zero_x, float scale_y, int32_t zero_y,
                               const std::function<float(float)>& f) {
    const auto low_x = scale_x * static_cast<float>(INT16_MIN - zero_x),
               high_x = scale_x * static_cast<float>(INT16_MAX - zero_x);
    const auto low_y = scale_y * static_cast<float>(INT16_MIN - zero_y),
               high_y = scale_y * static_cast<float>(INT16_MAX - zero_y);
    const float step = (high_x - low_x) / 512, inverse = 65536.0f / (high_y - low_y);
    const auto stored = [](float v) {
        return static_cast<int16_t>(std::isnan(v) ? 0.0f : std::clamp<float>(v, INT16_MIN, INT16_MAX));
    };
    std::vector<int16_t> table(513);
    for (int i = 0; i < 512; ++i) {
        const float at = low_x + static_cast<float>(i) * step;
        const float sample = std::round(f(at) * inverse);
        // Half of the interpolation's error in the middle is taken from the sample.
        const float middle = std::round((f(low_x + static_cast<float>(i + 1) * step) * inverse + sample) / 2);
        const float error = middle - std::round(f(at + step / 2) * inverse);
        table[static_cast<size_t>(i)] = stored(sample - std::round(error / 2));
    }
    table[512] = stored(std::round(f(high_x) * inverse));
    return table;
}

void eval_rescale(const EvalContext& c, RescaleKernel kernel, const tin_rescale& q) {
    if (c.in[0].type->dtype == DType::i16)
        return call(c, kernel, c.in[0].as<int16_t>(), c.out[0].as<int16_t>(), c.out[0].type->elements(), &q);
    eval_table(c, [&](int32_t v) {
        const auto x = static_cast<int16_t>(v);
        int16_t y = 0;
        kernel(&x, &y, 1, &q);
        return y;
    });
}

void eval_clamp(const EvalContext& c, ActivationRange range) {
    const Type &x = *c.in[0].type, &y = *c.out[0].type;
    const tin_multiplier factor = quantised_multiplier(scale_ratio(x, y));
    const StoredRange stored = stored_range(range, y);
    eval_rescale(c, tin_rescale_qi16, {zero_point_of(x), zero_point_of(y), factor, factor, stored.low, stored.high});
}

}  // namespace tinsmith
