#include "kernel/math.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.f32 = tin_neg_f32, SIGNED_KERNELS(tin_neg)}); }

const OpDef op::Neg{
    .name = "Neg",
    .says = "-x",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::f32, DType::i8, DType::i16, DType::i32, DType::i64)>,
    .eval = eval,
    .elementwise = true,
    .onnx = "Neg",
    .tflite = {.builtin = 59, .accepts = dtypes(DType::f32, DType::i8, DType::i16, DType::i32, DType::i64)},
};

}  // namespace tinsmith
