#include "kernel/math.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.f32 = tin_log_f32}); }

const OpDef op::Log{
    .name = "Log",
    .says = "the natural logarithm of x",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::f32)>,
    .eval = eval,
    .elementwise = true,
    .domain = {0.01, 8},
    .onnx = "Log",
    .tflite = {.builtin = 73, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
