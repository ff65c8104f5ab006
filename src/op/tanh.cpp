#include "kernel/activation.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.f32 = tin_tanh_f32}); }

const OpDef op::Tanh{
    .name = "Tanh",
    .says = "tanh(x)",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::f32)>,
    .eval = eval,
    .quant = QuantRule::symmetric_unit,
    .elementwise = true,
    .onnx = "Tanh",
    .tflite = {.builtin = 28, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
