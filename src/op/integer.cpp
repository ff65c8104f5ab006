#include "op/integer.hpp"

#include "op/quantize.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith {

tin_multiplier quantised_multiplier(double real) {
    if (!std::isfinite(real)) return {INT32_MAX, 31};
    int shift = 0;
    auto mantissa = static_cast<int64_t>(std::round(std::frexp(real, &shift) * 2147483648.0));
    if (mantissa == INT64_C(1) << 31) {
        mantissa /= 2;
        ++shift;
    }
    if (shift < -31) return {0, 0};
    return {static_cast<int32_t>(mantissa), std::min(shift, 31)};
}

double scale_of(const Type& type) { return type.quant->scale[0]; }
int32_t zero_point_of(const Type& type) { return static_cast<int32_t>(type.quant->zero_point[0]); }

std::vector<tin_multiplier> channel_multipliers(const Type& x, const Type& weights, const Type& y, int64_t channels) {
    const std::vector<float>& scales = weights.quant->scale;
    std::vector<tin_multiplier> multipliers(static_cast<size_t>(channels));
    for (size_t c = 0; c < multipliers.size(); ++c) {
        // The order of the operations is TFLite's: the product first.
        const double product = scale_of(x) * static_cast<double>(scales[scales.size() == 1 ? 0 : c]);
        multipliers[c] = quantised_multiplier(product / scale_of(y));
    }
    return multipliers;
}

tin_multiplier product_multiplier(const Type& a, const Type& b, const Type& y) {
    return quantised_multiplier(static_cast<double>(a.quant->scale[0] * b.quant->scale[0]) / scale_of(y));
}

StoredRange stored_range(DType dtype) {
    switch (dtype) {
        case DType::u8: return {0, UINT8_MAX};
        case DType::i16: return {INT16_MIN, INT16_MAX};
        default: return {INT8_MIN, INT8_MAX};
    }
}

StoredRange stored_range(const Node& node, const Type& y) {
    const std::vector<AttrSpec>& attrs = node.op->attrs;
    if (std::none_of(attrs.begin(), attrs.end(), [](const AttrSpec& a) { return a.name == "activation"; }))
        return stored_range(y.dtype);
    return stored_range(activation_range(node.text("activation")), y);
}

StoredRange stored_range(ActivationRange real, const Type& y) {
    StoredRange range = stored_range(y.dtype);
    const float scale = y.quant->scale[0];
    // Far bounds are brought near before they become integers: neither they nor infinite ones bind.
    const auto stored = [&](float bound) {
        const float steps = std::clamp(std::round(bound / scale), -1e9f, 1e9f);
        return static_cast<int32_t>(
            std::clamp<int64_t>(static_cast<int64_t>(steps) + y.quant->zero_point[0], -1000000000, 1000000000));
    };
    range.low = std::max(range.low, stored(real.low));
    range.high = std::min(range.high, stored(real.high));
    return range;
}

FixedInput fixed_input(double scale, int32_t whole) {
    FixedInput input{quantised_multiplier(std::min(std::ldexp(scale, 31 - whole), 2147483647.0)), 0};
    const double most = std::ldexp(((1 << whole) - 1) * std::ldexp(1.0, 31 - whole), -input.factor.shift);
    input.radius = static_cast<int32_t>(std::min(std::floor(most), 2147483647.0));
    return input;
}

Scale16 scale_16(const Type& x, int32_t largest_power) {
    // The nearest power of two, as single precision finds it.
    const float power = std::log(x.quant->scale[0]) * (1.0f / std::log(2.0f)), nearest = std::round(power);
    const float shift = 12 + nearest;
    if (std::abs(power - nearest) < 1e-3f && shift >= 0 && shift <= static_cast<float>(largest_power))
        return {3 << static_cast<int32_t>(shift), 0};
    double factor = scale_of(x) * 4096.0 * 3.0;
    Scale16 s{0, 0};
    for (; factor <= 32767.0 / 2.0 && s.shift <= 30; ++s.shift) factor *= 2;
    s.factor = static_cast<int32_t>(std::min(factor, 2147483647.0));
    return s;
}

void check_stored(const InferContext& c, size_t operand) { check_stored_weights(c, operand, -1); }

void check_stored_weights(const InferContext& c, size_t operand, int axis) {
    const Type& type = c.type(operand);
    const std::string_view role = c.node.op->operands[operand].role;
    check(is_quantised(type), "operand '{}' is {}, without a scale", role, to_string(type));
    check_quant(type);
    const Quant& quant = *type.quant;
    const bool one = quant.scale.size() == 1;
    check(one || (axis >= 0 && quant.axis == axis), "operand '{}' has {} scales along axis {}, where {}", role,
          quant.scale.size(), quant.axis,
          axis < 0 ? "one must do" : fmt::format("axis {} is the one that may have them", axis));
    const StoredRange range = stored_range(type.dtype);
    for (int64_t zero : quant.zero_point)
        check(zero == 0 || (one && type.dtype != DType::i16 && zero >= range.low && zero <= range.high),
              "operand '{}' is {} with a zero point of {}", role, to_string(type), zero);
}

}  // namespace tinsmith
