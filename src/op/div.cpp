#include "kernel/arithmetic.h"
#include "op/activation.hpp"
#include "op/quantised.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    check_activation(c);
    return infer_binary<number_types>(c);
}

static void eval(const EvalContext& c) {
    eval_binary<BinaryKernel>(c, {NUMBER_KERNELS(tin_div)});
    apply_activation(c);
}

static void eval_integer(const EvalContext& c) {
    const Type &a = *c.in[0].type, &b = *c.in[1].type, &y = *c.out[0].type;
    tin_binary q = binary_of(c, stored_range(c.node, y));
    // In double precision as in TFLite Micro; LiteRT, which alone takes u8 and i16, in single.
    q.y = quantised_multiplier(y.dtype == DType::i8 ? scale_of(a) / (scale_of(b) * scale_of(y))
                                                    : float_scale(a) / (float_scale(b) * float_scale(y)));
    eval_quantised<QuantisedKernel>(c, {QUANTISED_KERNELS(tin_div)}, q);
}

// Chosen for TFLite Micro alone: on the processors of a host, quotients below a quarter of a step come out at an end of the range.
const OpDef op::Div{
    .name = "Div",
    .says = "a / b; integers towards zero, and 0 where b is 0",
    .operands = {{"a"}, {"b"}},
    .attrs = {activation_attr()},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::free_range,
    .integer = {.types = quantised_types, .eval = eval_integer, .micro = dtypes(DType::i8), .micro_only = quantised_types},
    .elementwise = true,
    .onnx = "Div",
    .tflite = {.builtin = 42, .accepts = dtypes(DType::f32, DType::i32)},
};

}  // namespace tinsmith
