#include "kernel/logic.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.boolean = tin_not_bool}); }

const OpDef op::Not{
    .name = "Not",
    .says = "true where x is false",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::boolean)>,
    .eval = eval,
    .quant = QuantRule::integer_only,
    .elementwise = true,
    .onnx = "Not",
    .tflite = {.builtin = 87, .accepts = dtypes(DType::boolean)},
};

}  // namespace tinsmith
