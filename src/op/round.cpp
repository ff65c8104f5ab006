#include "kernel/math.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.f32 = tin_round_f32}); }

const OpDef op::Round{
    .name = "Round",
    .says = "the integer nearest to x, halves to the even one",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::f32)>,
    .eval = eval,
    .elementwise = true,
    .onnx = "Round",
    .tflite = {.builtin = 116, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
