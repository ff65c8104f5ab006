#include "kernel/math.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {NUMBER_KERNELS(tin_square)}); }

const OpDef op::Square{
    .name = "Square",
    .says = "x * x",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<number_types>,
    .eval = eval,
    .elementwise = true,
    .tflite = {.builtin = 92, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
