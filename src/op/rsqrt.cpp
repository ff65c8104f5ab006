#include "kernel/math.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.f32 = tin_rsqrt_f32}); }

const OpDef op::Rsqrt{
    .name = "Rsqrt",
    .says = "1 / sqrt(x)",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::f32)>,
    .eval = eval,
    .elementwise = true,
    .domain = {0.01, 8},
    .tflite = {.builtin = 76, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
