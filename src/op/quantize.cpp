#include "op/quantize.hpp"

#include "op/elementwise.hpp"

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
    if (q.axis < 0) return {1, 1, type.elements(), q.scale.data(), q.zero_point.data()};
    const auto axis = type.shape.begin() + q.axis;
    const auto product = [](auto begin, auto end) { return std::accumulate(begin, end, int64_t{1}, std::multiplies<>()); };
    return {product(type.shape.begin(), axis), *axis, product(axis + 1, type.shape.end()), q.scale.data(), q.zero_point.data()};
}

static std::vector<Type> infer(const InferContext& c) {
    check_dtype(c, dtypes(DType::f32));
    const std::optional<DType> dtype = dtype_from_name(c.node.text("dtype"));
    check(dtype && (integer_types & dtype_bit(*dtype)) != 0, "Quantize to '{}', which is no integer type",
          c.node.text("dtype"));
    Quant quant{{}, c.node.ints("zero_point"), static_cast<int>(c.node.integer("axis"))};
    for (double scale : c.node.floats("scale")) quant.scale.push_back(static_cast<float>(scale));
    Type out{*dtype, c.type(0).shape, std::move(quant)};
    check_quant(out);
    return {std::move(out)};
}

template <class T>
using QuantizeKernel = void (*)(const float* x, T* y, const tin_quant* quant);

static void eval(const EvalContext& c) {
    const Type& to = *c.out[0].type;
    const tin_quant quant = quant_layout(to);
    with_kernel(Kernels<QuantizeKernel>{INTEGER_KERNELS(tin_quantize)}, to.dtype,
                [&](auto kernel, auto zero) { kernel(c.in[0].as<float>(), c.out[0].as<decltype(zero)>(), &quant); });
}

const OpDef op::Quantize{
    .name = "Quantize",
    .says = "round(x / scale) + zero_point in the range of `dtype`, halves to the even neighbour",
    .operands = {{"x"}},
    .attrs = {{"dtype", std::string("i8")}, {"scale", Floats{}, true}, {"zero_point", Ints{}, true}, {"axis", int64_t{-1}}},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::free_range,
    .tflite = {.builtin = 114, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
