#include "kernel/math.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.f32 = tin_ceil_f32}); }

const OpDef op::Ceil{
    .name = "Ceil",
    .says = "the smallest integer not below x",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::f32)>,
    .eval = eval,
    .elementwise = true,
    .onnx = "Ceil",
    .tflite = {.builtin = 104, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
