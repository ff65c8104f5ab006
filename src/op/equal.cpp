#include "kernel/compare.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) {
    eval_binary<CompareKernel>(c, {NUMBER_KERNELS(tin_equal), .boolean = tin_equal_bool});
}

const OpDef op::Equal{
    .name = "Equal",
    .says = "a = b",
    .operands = {{"a"}, {"b"}},
    .attrs = {},
    .infer = infer_comparison<number_types | dtypes(DType::boolean)>,
    .eval = eval,
    .elementwise = true,
    .onnx = "Equal",
    .tflite = {.builtin = 71, .accepts = dtypes(DType::f32, DType::i16, DType::i32, DType::i64, DType::boolean)},
};

}  // namespace tinsmith
