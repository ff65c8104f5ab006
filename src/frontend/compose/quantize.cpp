// Scales and zero points that are constant become part of the type, for the quantiser to use; otherwise they are arithmetic.
#include "frontend/compose/quantize.hpp"

#include "frontend/compose/formula.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith {

std::optional<Quant> stated_quant(const Builder& b, const Type& x, const Scaling& s, DType dtype) {
    const bool typed = dtype == DType::i8 || dtype == DType::u8 || dtype == DType::i16;
    const bool has_zero = s.zero_point != no_value;
    if (!typed || !b.graph.is_constant(s.scale) || (has_zero && !b.graph.is_constant(s.zero_point)) || s.block != 0)
        return std::nullopt;
    Quant quant{b.graph.constant_floats(s.scale), {}, -1};
    if (has_zero) quant.zero_point = b.graph.constant_ints(s.zero_point);
    quant.zero_point.resize(std::max(quant.zero_point.size(), quant.scale.size()));
    if (quant.scale.size() > 1) quant.axis = static_cast<int>(normalized_axis(s.axis, x.rank()));
    const int64_t channels = quant.axis < 0 ? 1 : x.shape[static_cast<size_t>(quant.axis)];
    check(static_cast<int64_t>(quant.scale.size()) == channels && quant.zero_point.size() == quant.scale.size(),
          "{} scales and {} zero points for {} channels", quant.scale.size(), quant.zero_point.size(), channels);
    check(std::all_of(quant.scale.begin(), quant.scale.end(), [](float scale) { return scale > 0 && std::isfinite(scale); }),
          "a scale is not a positive number");
    return quant;
}

// A scale or zero point in f32 and a shape that broadcasts against x.
static Formula broadcastable(Builder& b, const Type& x, ValueId of_axis, const Scaling& s) {
    const Formula parameter = cast(Formula{b, of_axis}, DType::f32);
    const Type& type = b.type(of_axis);
    if (type.elements() == 1) return apply(op::Reshape, parameter, {{"shape", Ints{}}});
    const int64_t axis = normalized_axis(s.axis, x.rank()), extent = x.shape[static_cast<size_t>(axis)];
    if (s.block > 0) {
        check(type.rank() == x.rank() && (extent + s.block - 1) / s.block == type.shape[static_cast<size_t>(axis)],
              "blocks of {} along axis {} of {} do not fit parameters of shape {}", s.block, axis, to_string(x.shape),
              to_string(type.shape));
        std::vector<int64_t> block_of(static_cast<size_t>(extent));
        for (int64_t k = 0; k < extent; ++k) block_of[static_cast<size_t>(k)] = k / s.block;
        const ValueId indices = b.longs(std::move(block_of), {extent});
        return {b, b.add(op::Gather, {parameter, indices}, {{"axis", axis}})};
    }
    Ints shape(static_cast<size_t>(x.rank()), 1);
    shape[static_cast<size_t>(axis)] = extent;
    check(type.elements() == extent, "parameters of shape {} do not fit axis {} of {}", to_string(type.shape), axis,
          to_string(x.shape));
    return apply(op::Reshape, parameter, {{"shape", std::move(shape)}});
}

ValueId dequantized(Builder& b, ValueId stored, const Scaling& s) {
    const Type type = b.type(stored);
    if (type.quant && type.quant == stated_quant(b, type, s, type.dtype)) return b.add(op::Dequantize, {stored});
    Formula steps = cast(Formula{b, stored}, DType::f32);
    if (s.zero_point != no_value) steps = steps - broadcastable(b, type, s.zero_point, s);
    return steps * broadcastable(b, type, s.scale, s);
}

struct Bounds {
    double low, high;
};

static Bounds bounds_of(DType dtype) {
    switch (dtype) {
        case DType::i8: return {-128, 127};
        case DType::u8: return {0, 255};
        case DType::i16: return {-32768, 32767};
        case DType::u16: return {0, 65535};
        default:
            fail(Fault::unsupported, "quantisation to {} is not supported; use int8, uint8, int16 or uint16",
                 dtype_name(dtype));
    }
}

ValueId quantized(Builder& b, ValueId real, const Scaling& s, DType dtype) {
    const auto [low, high] = bounds_of(dtype);
    const Formula x = cast(Formula{b, real}, DType::f32);
    const Type type = b.type(x);
    // What is constant is computed at once, as the arithmetic that it is.
    if (auto quant = b.graph.is_constant(x) ? std::nullopt : stated_quant(b, type, s, dtype))
        return apply(op::Quantize, x,
                     {{"dtype", std::string(dtype_name(dtype))},
                      {"scale", Floats(quant->scale.begin(), quant->scale.end())},
                      {"zero_point", quant->zero_point},
                      {"axis", int64_t{quant->axis}},
                      {"halves_to_even", true}});
    Formula steps = round(x / broadcastable(b, type, s.scale, s));
    if (s.zero_point != no_value) steps = steps + broadcastable(b, type, s.zero_point, s);
    return cast(min(max(steps, low), high), dtype);
}

}  // namespace tinsmith
