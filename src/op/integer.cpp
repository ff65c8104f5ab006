#include "op/integer.hpp"

#include "op/activation.hpp"
#include "op/quantize.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace tinsmith {

tin_multiplier quantised_multiplier(double real) {
    assert(std::isfinite(real));
    int shift = 0;
    auto mantissa = static_cast<int64_t>(std::round(std::frexp(real, &shift) * 2147483648.0));
    if (mantissa == INT64_C(1) << 31) {
        mantissa /= 2;
        ++shift;
    }
    if (shift < -31) return {0, 0};
    return {static_cast<int32_t>(mantissa), std::min(shift, 30)};
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
    StoredRange range = stored_range(y.dtype);
    const std::vector<AttrSpec>& attrs = node.op->attrs;
    if (std::none_of(attrs.begin(), attrs.end(), [](const AttrSpec& a) { return a.name == "activation"; })) return range;
    const ActivationRange real = activation_range(node.text("activation"));
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
