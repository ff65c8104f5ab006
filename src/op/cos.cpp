#include "kernel/math.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.f32 = tin_cos_f32}); }

const OpDef op::Cos{
    .name = "Cos",
    .says = "cos(x), x in radians",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::f32)>,
    .eval = eval,
    .elementwise = true,
    .onnx = "Cos",
    .tflite = {.builtin = 108, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
