#include "kernel/math.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.f32 = tin_floor_f32}); }

const OpDef op::Floor{
    .name = "Floor",
    .says = "the largest integer not above x",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::f32)>,
    .eval = eval,
    .elementwise = true,
    .onnx = "Floor",
    .tflite = {.builtin = 8, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
