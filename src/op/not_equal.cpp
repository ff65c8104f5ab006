#include "kernel/compare.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) {
    eval_binary<CompareKernel>(c, {NUMBER_KERNELS(tin_not_equal), .boolean = tin_not_equal_bool});
}

const OpDef op::NotEqual{
    .name = "NotEqual",
    .says = "a != b",
    .operands = {{"a"}, {"b"}},
    .attrs = {},
    .infer = infer_comparison<number_types | dtypes(DType::boolean)>,
    .eval = eval,
    .elementwise = true,
    .tflite = {.builtin = 72, .accepts = dtypes(DType::f32, DType::i32, DType::i64, DType::boolean)},
};

}  // namespace tinsmith
