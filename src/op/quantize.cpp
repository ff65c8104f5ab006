#include "op/quantize.hpp"

#include "op/quantised.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tinsmith {

void check_quant(const Type& type) {
    check(type.quant.has_value(), "{} has no scale", to_string(type));
    const Quant& q = *type.quant;
    check(q.axis >= -1 && q.axis < type.rank(), "the axis {} of the scales lies outside {}", q.axis, to_string(type));
    const int64_t channels = q.axis < 0 ? 1 : type.shape[q.axis];
    check(static_cast<int64_t>(q.scale.size()) == channels && q.zero_point.size() == q.scale.size(),
          "{} scales and {} zero points for {} channels of {}", q.scale.size(), q.zero_point.size(), channels, to_string(type));
    check(std::all_of(q.scale.begin(), q.scale.end(), [](float s) { return s > 0 && std::isfinite(s); }),
          "a scale of {} is not a positive number", to_string(type));
}

tin_quant quant_layout(const Type& type) {
    const Quant& q = *type.quant;
    if (q.axis < 0) return {1, 1, type.elements(), q.scale.data(), q.zero_point.data(), 0};
    const auto axis = type.shape.begin() + q.axis;
    const auto product = [](auto begin, auto end) { return std::accumulate(begin, end, int64_t{1}, std::multiplies<>()); };
    return {
        product(type.shape.begin(), axis), *axis, product(axis + 1, type.shape.end()), q.scale.data(), q.zero_point.data(), 0};
}

// What stored activations can be brought to.
static constexpr DTypes requantised_types = dtypes(DType::i8, DType::u8, DType::i16, DType::i32);

static std::vector<Type> infer(const InferContext& c) {
    check_dtype(c, dtypes(DType::f32));
    const bool stored = is_quantised(*c.node.op, c.in);
    const std::optional<DType> dtype = dtype_from_name(c.node.text("dtype"));
    check(dtype && (integer_types & dtype_bit(*dtype)) != 0, "Quantize to '{}', which is no integer type",
          c.node.text("dtype"));
    supported(!stored || (requantised_types & dtype_bit(*dtype)) != 0, "Quantize of {} to {}", to_string(c.type(0)),
              c.node.text("dtype"));
    Quant quant{{}, c.node.ints("zero_point"), static_cast<int>(c.node.integer("axis"))};
    for (double scale : c.node.floats("scale")) quant.scale.push_back(static_cast<float>(scale));
    Type out{*dtype, c.type(0).shape, std::move(quant)};
    check_quant(out);
    supported(!stored || out.quant->axis < 0, "Quantize of {}, which is quantised already, per axis", to_string(c.type(0)));
    return {std::move(out)};
}

template <class T>
constexpr DType stored_dtype() {
    return std::is_same_v<T, int8_t>    ? DType::i8
           : std::is_same_v<T, uint8_t> ? DType::u8
           : std::is_same_v<T, int16_t> ? DType::i16
                                        : DType::i32;
}

template <class T>
using QuantizeKernel = void (*)(const float* x, T* y, const tin_quant* quant);

static void eval(const EvalContext& c) {
    const Type& to = *c.out[0].type;
    tin_quant quant = quant_layout(to);
    quant.halves_to_even = c.node.flag("halves_to_even");
    known(c, to.quant->scale);
    known(c, to.quant->zero_point);
    with_kernel(Kernels<QuantizeKernel>{INTEGER_KERNELS(tin_quantize)}, to.dtype,
                [&](auto kernel, auto zero) { call(c, kernel, c.in[0].as<float>(), c.out[0].as<decltype(zero)>(), &quant); });
}

// From one scale, zero point and type to another.
static void requantise(const EvalContext& c) {
    const Type &x = *c.in[0].type, &y = *c.out[0].type;
    const tin_multiplier factor = quantised_multiplier(scale_of(x) / scale_of(y));
    const StoredRange range = y.dtype == DType::i32 ? StoredRange{INT32_MIN, INT32_MAX} : stored_range(y.dtype);
    const tin_rescale q{zero_point_of(x), zero_point_of(y), factor, factor, range.low, range.high};
    if (dtype_bits(y.dtype) == 8 && dtype_bits(x.dtype) == 8) return eval_rescale(c, tin_rescale_qi16, q);
    if (x.dtype == y.dtype) return eval_rescale(c, tin_rescale_qi16, q);
#define REQUANTISE(from, F, to, T)                                    \
    if (x.dtype == stored_dtype<F>() && y.dtype == stored_dtype<T>()) \
        return call(c, tin_requantise_##from##_##to, c.in[0].as<F>(), c.out[0].as<T>(), y.elements(), &q);
    TIN_EACH_REQUANTISE(REQUANTISE)
#undef REQUANTISE
}

const OpDef op::Quantize{
    .name = "Quantize",
    .says = "round(x / scale) + zero_point in the range of `dtype`, halves away from zero; x may be quantised already",
    .operands = {{"x"}},
    .attrs = {{"dtype", std::string("i8")},
              {"scale", Floats{}, true},
              {"zero_point", Ints{}, true},
              {"axis", int64_t{-1}},
              {"halves_to_even", false}},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::free_range,
    .integer = {.types = quantised_types, .eval = requantise, .micro = quantised_types},
    .tflite = {.builtin = 114, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
