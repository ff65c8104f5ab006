#include "op/activation.hpp"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { clamp(c.in[0], c.out[0], {-1, 1}); }

const OpDef op::ReluN1To1{
    .name = "ReluN1To1",
    .says = "min(max(x, -1), 1)",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<number_types>,
    .eval = eval,
    .quant = QuantRule::free_range,
    .elementwise = true,
    .tflite = {.builtin = 20, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
