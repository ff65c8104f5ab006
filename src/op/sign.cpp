#include "kernel/math.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.f32 = tin_sign_f32, SIGNED_KERNELS(tin_sign)}); }

const OpDef op::Sign{
    .name = "Sign",
    .says = "1 where x > 0, -1 where x < 0, else x",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::f32, DType::i8, DType::i16, DType::i32, DType::i64)>,
    .eval = eval,
    .elementwise = true,
    .onnx = "Sign",
    .tflite = {.builtin = 158, .accepts = dtypes(DType::f32, DType::i32)},
};

}  // namespace tinsmith
