#include "kernel/logic.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_binary<BinaryKernel>(c, {INTEGER_KERNELS(tin_bitwise_xor)}); }

const OpDef op::BitwiseXor{
    .name = "BitwiseXor",
    .says = "the bits in which a and b differ",
    .operands = {{"a"}, {"b"}},
    .attrs = {},
    .infer = infer_binary<integer_types>,
    .eval = eval,
    .quant = QuantRule::integer_only,
    .elementwise = true,
    .onnx = "BitwiseXor",
    .tflite = {.builtin = 160, .accepts = dtypes(DType::i8, DType::u8, DType::i16, DType::u16, DType::i32, DType::u32)},
};

}  // namespace tinsmith
