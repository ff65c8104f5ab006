#include "kernel/activation.h"
#include "op/kernel_call.hpp"
#include "op/quantised.hpp"

#include <cmath>

namespace tinsmith {

static void eval(const EvalContext& c) {
    const auto gelu = c.node.flag("approximate") ? tin_gelu_tanh_f32 : tin_gelu_f32;
    call(c, gelu, c.in[0].as<float>(), c.out[0].as<float>(), c.out[0].type->elements());
}

static void eval_integer(const EvalContext& c) {
    if (c.node.flag("approximate"))
        return eval_real(c, [](float x) {
            constexpr float root_of_2_over_pi = 0.7978845608028654f;
            return 0.5f * x * (1 + std::tanh(root_of_2_over_pi * (x + 0.044715f * x * x * x)));
        });
    eval_real(c, [](float x) { return 0.5f * x * std::erfc(x * -0.70710678118654752f); });
}

const OpDef op::Gelu{
    .name = "Gelu",
    .says = "x * P(X <= x) for a standard normal X; approximate: x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))",
    .operands = {{"x"}},
    .attrs = {{"approximate", false}},
    .infer = infer_unary<dtypes(DType::f32)>,
    .eval = eval,
    .quant = QuantRule::free_range,
    .integer = {.types = quantised_types, .eval = eval_integer},
    .elementwise = true,
    .tflite = {.builtin = 150, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
