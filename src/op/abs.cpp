#include "kernel/math.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.f32 = tin_abs_f32, SIGNED_KERNELS(tin_abs)}); }

const OpDef op::Abs{
    .name = "Abs",
    .says = "|x|",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::f32, DType::i8, DType::i16, DType::i32, DType::i64)>,
    .eval = eval,
    .quant = QuantRule::free_range,
    .elementwise = true,
    .onnx = "Abs",
    .tflite = {.builtin = 101, .accepts = dtypes(DType::f32, DType::i16, DType::i32)},
};

}  // namespace tinsmith
