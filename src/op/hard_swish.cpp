#include "kernel/hard_swish.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.f32 = tin_hard_swish_f32}); }

const OpDef op::HardSwish{
    .name = "HardSwish",
    .says = "x * clamp(x + 3, 0, 6) / 6",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::f32)>,
    .eval = eval,
    .quant = QuantRule::free_range,
    .elementwise = true,
    .onnx = "HardSwish",
    .tflite = {.builtin = 117, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
