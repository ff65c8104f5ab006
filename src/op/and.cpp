#include "kernel/logic.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_binary<BinaryKernel>(c, {.boolean = tin_and_bool}); }

const OpDef op::And{
    .name = "And",
    .says = "a and b",
    .operands = {{"a"}, {"b"}},
    .attrs = {},
    .infer = infer_binary<dtypes(DType::boolean)>,
    .eval = eval,
    .quant = QuantRule::integer_only,
    .elementwise = true,
    .onnx = "And",
    .tflite = {.builtin = 86, .accepts = dtypes(DType::boolean)},
};

}  // namespace tinsmith
