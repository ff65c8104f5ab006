#include "kernel/arithmetic.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_binary<BinaryKernel>(c, {NUMBER_KERNELS(tin_squared_difference)}); }

const OpDef op::SquaredDifference{
    .name = "SquaredDifference",
    .says = "(a - b)^2",
    .operands = {{"a"}, {"b"}},
    .attrs = {},
    .infer = infer_binary<number_types>,
    .eval = eval,
    .quant = QuantRule::free_range,
    .elementwise = true,
    .tflite = {.builtin = 99, .accepts = dtypes(DType::f32, DType::i32)},
};

}  // namespace tinsmith
