#include "kernel/arithmetic.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_binary<BinaryKernel>(c, {NUMBER_KERNELS(tin_floor_mod)}); }

const OpDef op::FloorMod{
    .name = "FloorMod",
    .says = "a - b * floor(a / b); integers: 0 where b is 0",
    .operands = {{"a"}, {"b"}},
    .attrs = {},
    .infer = infer_binary<number_types>,
    .eval = eval,
    .elementwise = true,
    .tflite = {.builtin = 95, .accepts = dtypes(DType::f32, DType::i8, DType::i16, DType::i32, DType::i64)},
};

}  // namespace tinsmith
