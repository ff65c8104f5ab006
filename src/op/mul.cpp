#include "kernel/arithmetic.h"
#include "op/activation.hpp"
#include "op/quantised.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    check_activation(c);
    return infer_binary<number_types>(c);
}

static void eval(const EvalContext& c) {
    eval_binary<BinaryKernel>(c, {NUMBER_KERNELS(tin_mul)});
    apply_activation(c);
}

static void eval_integer(const EvalContext& c) {
    const Type &a = *c.in[0].type, &b = *c.in[1].type, &y = *c.out[0].type;
    tin_binary q = binary_of(c, stored_range(c.node, y));
    // In double precision as in TFLite Micro; LiteRT, which alone takes u8, in single.
    q.y = quantised_multiplier(y.dtype == DType::u8 ? float_scale(a) * float_scale(b) / float_scale(y)
                                                    : scale_of(a) * scale_of(b) / scale_of(y));
    eval_quantised<QuantisedKernel>(c, {QUANTISED_KERNELS(tin_mul)}, q);
}

const OpDef op::Mul{
    .name = "Mul",
    .says = "a * b",
    .operands = {{"a"}, {"b"}},
    .attrs = {activation_attr()},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::free_range,
    .integer = {.types = quantised_types, .eval = eval_integer, .micro = dtypes(DType::i8, DType::i16)},
    .elementwise = true,
    .onnx = "Mul",
    .tflite = {.builtin = 18, .accepts = dtypes(DType::f32, DType::i16, DType::i32, DType::u32, DType::i64)},
};

}  // namespace tinsmith
