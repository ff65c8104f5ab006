#include "kernel/arithmetic.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_binary<BinaryKernel>(c, {NUMBER_KERNELS(tin_min)}); }

const OpDef op::Min{
    .name = "Min",
    .says = "the smaller of a and b",
    .operands = {{"a"}, {"b"}},
    .attrs = {},
    .infer = infer_binary<number_types>,
    .eval = eval,
    .quant = QuantRule::same_as_input,
    .integer = {.types = quantised_types, .micro = dtypes(DType::i8, DType::i16)},
    .elementwise = true,
    .tflite = {.builtin = 57, .accepts = dtypes(DType::f32, DType::i8, DType::u8, DType::i16, DType::i32, DType::i64)},
};

}  // namespace tinsmith
