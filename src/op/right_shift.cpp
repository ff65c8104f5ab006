#include "kernel/logic.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_binary<BinaryKernel>(c, {INTEGER_KERNELS(tin_right_shift)}); }

const OpDef op::RightShift{
    .name = "RightShift",
    .says = "a >> b, arithmetic for signed types; b is taken into 0..bits-1",
    .operands = {{"a"}, {"b"}},
    .attrs = {},
    .infer = infer_binary<integer_types>,
    .eval = eval,
    .quant = QuantRule::integer_only,
    .elementwise = true,
    .tflite = {.builtin = 161, .accepts = dtypes(DType::i8, DType::u8, DType::i16, DType::u16, DType::i32, DType::u32)},
};

}  // namespace tinsmith
