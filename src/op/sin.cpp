#include "kernel/math.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.f32 = tin_sin_f32}); }

const OpDef op::Sin{
    .name = "Sin",
    .says = "sin(x), x in radians",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::f32)>,
    .eval = eval,
    .elementwise = true,
    .onnx = "Sin",
    .tflite = {.builtin = 66, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
