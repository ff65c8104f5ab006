#include "kernel/logic.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_binary<BinaryKernel>(c, {.boolean = tin_or_bool}); }

const OpDef op::Or{
    .name = "Or",
    .says = "a or b",
    .operands = {{"a"}, {"b"}},
    .attrs = {},
    .infer = infer_binary<dtypes(DType::boolean)>,
    .eval = eval,
    .quant = QuantRule::integer_only,
    .elementwise = true,
    .onnx = "Or",
    .tflite = {.builtin = 84, .accepts = dtypes(DType::boolean)},
};

}  // namespace tinsmith
