#include "kernel/activation.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.f32 = tin_sigmoid_f32}); }

const OpDef op::Sigmoid{
    .name = "Sigmoid",
    .says = "1 / (1 + e^-x)",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::f32)>,
    .eval = eval,
    .quant = QuantRule::unit_range,
    .elementwise = true,
    .onnx = "Sigmoid",
    .tflite = {.builtin = 14, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
