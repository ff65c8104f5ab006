#include "kernel/activation.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) {
    const auto gelu = c.node.flag("approximate") ? tin_gelu_tanh_f32 : tin_gelu_f32;
    gelu(c.in[0].as<float>(), c.out[0].as<float>(), c.out[0].type->elements());
}

const OpDef op::Gelu{
    .name = "Gelu",
    .says = "x * P(X <= x) for a standard normal X; approximate: x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))",
    .operands = {{"x"}},
    .attrs = {{"approximate", false}},
    .infer = infer_unary<dtypes(DType::f32)>,
    .eval = eval,
    .quant = QuantRule::free_range,
    .elementwise = true,
    .tflite = {.builtin = 150, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
