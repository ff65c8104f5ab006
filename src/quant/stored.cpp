#include "quant/stored.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace tinsmith {

IntegerBounds integer_bounds(DType dtype) {
    switch (dtype) {
        case DType::i8: return {-128, 127};
        case DType::u8: return {0, 255};
        default: assert(dtype == DType::i16); return {-32768, 32767};
    }
}

Range Stored::covers() const {
    const IntegerBounds bounds = integer_bounds(dtype);
    return {scale() * static_cast<float>(bounds.low - zero_point()), scale() * static_cast<float>(bounds.high - zero_point())};
}

std::string to_string(const Stored& stored) {
    return fmt::format("{} {:.5g} @ {}", dtype_name(stored.dtype), stored.scale(), stored.zero_point());
}

Range united(Range a, Range b) { return {std::min({a.min, b.min, 0.0f}), std::max({a.max, b.max, 0.0f})}; }

Stored stored_for(Range range, DType dtype) {
    const auto [low, high] = integer_bounds(dtype);
    const double least = std::min(range.min, 0.0f);
    double most = std::max(range.max, 0.0f);
    // A tensor of zeros still needs a scale, and LiteRT refuses a dense layer whose output has a much smaller one than its sums.
    if (least == 0 && most == 0) most = 1;
    constexpr double smallest = 1e-10;  // keeps quotients of scales finite
    if (dtype == DType::i16) {
        const double scale = std::max(std::max(-least, most) / static_cast<double>(high), smallest);
        return {dtype, {{static_cast<float>(scale)}, {0}, -1}};
    }
    const auto steps = static_cast<double>(high - low);
    const auto scale = static_cast<float>(std::max((most - least) / steps, smallest));
    const double zero = std::nearbyint(static_cast<double>(low) - least / static_cast<double>(scale));
    return {dtype, {{scale}, {std::clamp(static_cast<int64_t>(zero), low, high)}, -1}};
}

std::optional<Stored> fixed_output(const OpDef& op, DType dtype) {
    const bool wide = dtype == DType::i16;
    const int64_t low = integer_bounds(dtype).low;
    const auto stored = [&](float scale, int64_t zero_point) { return Stored{dtype, {{scale}, {zero_point}, -1}}; };
    if (op.quant == QuantRule::log_range) return stored(16.0f / 256, integer_bounds(dtype).high);
    if (op.quant == QuantRule::unit_range) return stored(wide ? 1.0f / 32768 : 1.0f / 256, wide ? 0 : low);
    if (op.quant == QuantRule::symmetric_unit) return stored(wide ? 1.0f / 32768 : 1.0f / 128, wide ? 0 : low + 128);
    return std::nullopt;
}

}  // namespace tinsmith
