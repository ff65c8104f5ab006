#include "kernel/cast.h"
#include "op/elementwise.hpp"
#include "op/quantize.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    check_dtype(c, integer_types | dtypes(DType::f16));
    if (c.type(0).dtype != DType::f16) check_quant(c.type(0));
    return {Type{DType::f32, c.type(0).shape, std::nullopt}};
}

template <class T>
using DequantizeKernel = void (*)(const T* x, float* y, const tin_quant* quant);

static void eval(const EvalContext& c) {
    const Type& from = *c.in[0].type;
    float* y = c.out[0].as<float>();
    if (from.dtype == DType::f16) return call(c, tin_cast_f16_f32, c.in[0].data, y, from.elements());
    const tin_quant quant = quant_layout(from);
    known(c, from.quant->scale);
    known(c, from.quant->zero_point);
    with_kernel(Kernels<DequantizeKernel>{INTEGER_KERNELS(tin_dequantize)}, from.dtype,
                [&](auto kernel, auto zero) { call(c, kernel, c.in[0].as<decltype(zero)>(), y, &quant); });
}

const OpDef op::Dequantize{
    .name = "Dequantize",
    .says = "scale * (x - zero_point) as x's type states them; a half-precision x as it is",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer,
    .eval = eval,
    .integer = {.types = quantised_types, .micro = quantised_types},
    .tflite = {.builtin = 6, .accepts = dtypes(DType::i8, DType::u8, DType::i16, DType::f16)},
};

}  // namespace tinsmith
