#include "kernel/compare.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_binary<CompareKernel>(c, {NUMBER_KERNELS(tin_less)}); }

const OpDef op::Less{
    .name = "Less",
    .says = "a < b",
    .operands = {{"a"}, {"b"}},
    .attrs = {},
    .infer = infer_comparison<number_types>,
    .eval = eval,
    .elementwise = true,
    .onnx = "Less",
    .tflite = {.builtin = 58, .accepts = dtypes(DType::f32, DType::i16, DType::i32, DType::i64)},
};

}  // namespace tinsmith
