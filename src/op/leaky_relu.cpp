#include "kernel/activation.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) {
    tin_leaky_relu_f32(c.in[0].as<float>(), c.out[0].as<float>(), c.out[0].type->elements(),
                       static_cast<float>(c.node.real("alpha")));
}

const OpDef op::LeakyRelu{
    .name = "LeakyRelu",
    .says = "x, or alpha * x where x < 0",
    .operands = {{"x"}},
    .attrs = {{"alpha", 0.01}},
    .infer = infer_unary<dtypes(DType::f32)>,
    .eval = eval,
    .quant = QuantRule::free_range,
    .elementwise = true,
    .onnx = "LeakyRelu",
    .tflite = {.builtin = 98, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
