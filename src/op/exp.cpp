#include "kernel/math.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.f32 = tin_exp_f32}); }

const OpDef op::Exp{
    .name = "Exp",
    .says = "e^x",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::f32)>,
    .eval = eval,
    .elementwise = true,
    .onnx = "Exp",
    .tflite = {.builtin = 47, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
