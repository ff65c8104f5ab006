#include "kernel/arithmetic.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_binary<BinaryKernel>(c, {NUMBER_KERNELS(tin_pow)}); }

const OpDef op::Pow{
    .name = "Pow",
    .says = "a^b",
    .operands = {{"a"}, {"b"}},
    .attrs = {},
    .infer = infer_binary<number_types>,
    .eval = eval,
    .elementwise = true,
    .tflite = {.builtin = 78, .accepts = dtypes(DType::f32, DType::i32)},
};

}  // namespace tinsmith
