#include "kernel/compare.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_binary<CompareKernel>(c, {NUMBER_KERNELS(tin_greater)}); }

const OpDef op::Greater{
    .name = "Greater",
    .says = "a > b",
    .operands = {{"a"}, {"b"}},
    .attrs = {},
    .infer = infer_comparison<number_types>,
    .eval = eval,
    .elementwise = true,
    .onnx = "Greater",
    .tflite = {.builtin = 61, .accepts = dtypes(DType::f32, DType::i16, DType::i32, DType::i64)},
};

}  // namespace tinsmith
