#include "op/activation.hpp"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { clamp(c.in[0], c.out[0], {0, 6}); }

const OpDef op::Relu6{
    .name = "Relu6",
    .says = "min(max(x, 0), 6)",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<number_types>,
    .eval = eval,
    .quant = QuantRule::free_range,
    .elementwise = true,
    .tflite = {.builtin = 21, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
