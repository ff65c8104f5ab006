#include "kernel/compare.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_binary<CompareKernel>(c, {NUMBER_KERNELS(tin_less_or_equal)}); }

const OpDef op::LessOrEqual{
    .name = "LessOrEqual",
    .says = "a <= b",
    .operands = {{"a"}, {"b"}},
    .attrs = {},
    .infer = infer_comparison<number_types>,
    .eval = eval,
    .elementwise = true,
    .onnx = "LessOrEqual",
    .tflite = {.builtin = 63, .accepts = dtypes(DType::f32, DType::i16, DType::i32, DType::i64)},
};

}  // namespace tinsmith
