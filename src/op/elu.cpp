#include "kernel/activation.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.f32 = tin_elu_f32}); }

const OpDef op::Elu{
    .name = "Elu",
    .says = "x, or e^x - 1 where x < 0",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::f32)>,
    .eval = eval,
    .quant = QuantRule::free_range,
    .elementwise = true,
    .tflite = {.builtin = 111, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
