#include "kernel/activation.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.f32 = tin_erf_f32}); }

const OpDef op::Erf{
    .name = "Erf",
    .says = "the error function of x: 2 / sqrt(pi) * integral of e^-t^2 from 0 to x",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::f32)>,
    .eval = eval,
    .elementwise = true,
    .onnx = "Erf",
};

}  // namespace tinsmith
