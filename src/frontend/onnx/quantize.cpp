// QuantizeLinear and its kin. Where scale and zero point are constants of a kind that TFLite's types can state, they become
// part of the type, for the quantiser to use; otherwise they are arithmetic.
#include "frontend/compose/formula.hpp"
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/tensor.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tinsmith::from_onnx {

// Operands 1 (scale) and 2 (zero point): one for all, one for each index along the axis, or one for each block of it.
static constexpr size_t scale = 1, zero_point = 2;

static int64_t quantised_axis(const NodeReader& r) { return normalized_axis(r.integer("axis", 1), r.rank(0)); }

static std::optional<Quant> stated_quant(const NodeReader& r, DType dtype) {
    const bool typed = dtype == DType::i8 || dtype == DType::u8 || dtype == DType::i16;
    if (!typed || !r.is_constant(scale) || (r.has(zero_point) && !r.is_constant(zero_point)) || r.integer("block_size", 0) != 0)
        return std::nullopt;
    Quant quant{r.b.graph.constant_floats(r.in[scale]), {}, -1};
    if (r.has(zero_point)) quant.zero_point = r.b.graph.constant_ints(r.in[zero_point]);
    quant.zero_point.resize(std::max(quant.zero_point.size(), quant.scale.size()));
    if (quant.scale.size() > 1) quant.axis = static_cast<int>(quantised_axis(r));
    const int64_t channels = quant.axis < 0 ? 1 : r.shape(0)[quant.axis];
    check(static_cast<int64_t>(quant.scale.size()) == channels && quant.zero_point.size() == quant.scale.size(),
          "{} scales and {} zero points for {} channels", quant.scale.size(), quant.zero_point.size(), channels);
    check(std::all_of(quant.scale.begin(), quant.scale.end(), [](float s) { return s > 0 && std::isfinite(s); }),
          "a scale is not a positive number");
    return quant;
}

// Operand i in f32 and a shape that broadcasts against x.
static Formula broadcastable(NodeReader& r, size_t i) {
    const Formula parameter = cast(Formula{r.b, r.operand(i)}, DType::f32);
    if (r.type(i).elements() == 1) return apply(op::Reshape, parameter, {{"shape", Ints{}}});
    const int64_t axis = quantised_axis(r), extent = r.shape(0).at(axis), block = r.integer("block_size", 0);
    if (block > 0) {
        check(r.rank(i) == r.rank(0) && (extent + block - 1) / block == r.shape(i)[axis],
              "blocks of {} along axis {} of {} do not fit parameters of shape {}", block, axis, to_string(r.shape(0)),
              to_string(r.shape(i)));
        std::vector<int64_t> block_of(extent);
        for (int64_t k = 0; k < extent; ++k) block_of[k] = k / block;
        const ValueId indices = r.b.longs(std::move(block_of), {extent});
        return {r.b, r.b.add(op::Gather, {parameter, indices}, {{"axis", axis}})};
    }
    Ints shape(r.rank(0), 1);
    shape[axis] = extent;
    check(r.type(i).elements() == extent, "parameters of shape {} do not fit axis {} of {}", to_string(r.shape(i)), axis,
          to_string(r.shape(0)));
    return apply(op::Reshape, parameter, {{"shape", std::move(shape)}});
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

std::vector<ValueId> quantize_linear(NodeReader& r) {
    const int64_t stated = r.integer("output_dtype", 0);
    const auto element = static_cast<onnx::ElementType>(stated);
    supported(element != onnx::ElementType::i4 && element != onnx::ElementType::u4, "TFLite computes no {}; use int8 or uint8",
              onnx::element_type_name(element));
    const DType dtype = r.has(zero_point) ? r.type(zero_point).dtype : stated != 0 ? dtype_of(element) : DType::u8;
    const auto [low, high] = bounds_of(dtype);
    const Formula x = cast(Formula{r.b, r.operand(0)}, DType::f32);
    // What is constant is computed at once, as the arithmetic that it is.
    if (auto quant = r.is_constant(0) ? std::nullopt : stated_quant(r, dtype))
        return {apply(op::Quantize, x,
                      {{"dtype", std::string(dtype_name(dtype))},
                       {"scale", Floats(quant->scale.begin(), quant->scale.end())},
                       {"zero_point", quant->zero_point},
                       {"axis", int64_t{quant->axis}},
                       {"halves_to_even", true}})};
    Formula steps = round(x / broadcastable(r, scale));
    if (r.has(zero_point)) steps = steps + broadcastable(r, zero_point);
    return {cast(min(max(steps, low), high), dtype)};
}

std::vector<ValueId> dequantize_linear(NodeReader& r) {
    const Type& type = r.type(0);
    if (auto quant = stated_quant(r, type.dtype)) {
        if (type.quant == quant) return {r.b.add(op::Dequantize, {r.in[0]})};
    }
    Formula steps = cast(Formula{r.b, r.in[0]}, DType::f32);
    if (r.has(zero_point)) steps = steps - broadcastable(r, zero_point);
    return {steps * broadcastable(r, scale)};
}

// u8 with a range that includes 0, measured on each run: scale = (high - low) / 255, zero point = round(-low / scale).
std::vector<ValueId> dynamic_quantize_linear(NodeReader& r) {
    const Formula x{r.b, r.operand(0)};
    Ints axes(r.rank(0));
    std::iota(axes.begin(), axes.end(), 0);
    const Attrs all{{"axes", axes}, {"keepdims", false}};
    const Formula low = min(apply(op::ReduceMin, x, all), 0), high = max(apply(op::ReduceMax, x, all), 0);
    const Formula step = (high - low) / 255;
    const Formula zero = round(min(max(-low / step, 0), 255));
    const Formula y = min(max(round(x / step) + zero, 0), 255);
    return {cast(y, DType::u8), step, cast(zero, DType::u8)};
}

}  // namespace tinsmith::from_onnx
