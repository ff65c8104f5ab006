#include "kernel/math.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.f32 = tin_sqrt_f32}); }

const OpDef op::Sqrt{
    .name = "Sqrt",
    .says = "the square root of x",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::f32)>,
    .eval = eval,
    .elementwise = true,
    .domain = {0, 8},
    .onnx = "Sqrt",
    .tflite = {.builtin = 75, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
