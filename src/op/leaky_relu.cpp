#include "kernel/activation.h"
#include "op/quantised.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) {
    tin_leaky_relu_f32(c.in[0].as<float>(), c.out[0].as<float>(), c.out[0].type->elements(),
                       static_cast<float>(c.node.real("alpha")));
}

static void eval_integer(const EvalContext& c) {
    const Type &x = *c.in[0].type, &y = *c.out[0].type;
    const float alpha = static_cast<float>(c.node.real("alpha"));
    const StoredRange range = stored_range(y.dtype);
    eval_rescale(c, tin_rescale_qi16,
                 {zero_point_of(x), zero_point_of(y), quantised_multiplier(float_scale(x) / float_scale(y)),
                  quantised_multiplier(float_scale(x) * alpha / float_scale(y)), range.low, range.high});
}

const OpDef op::LeakyRelu{
    .name = "LeakyRelu",
    .says = "x, or alpha * x where x < 0",
    .operands = {{"x"}},
    .attrs = {{"alpha", 0.01}},
    .infer = infer_unary<dtypes(DType::f32)>,
    .eval = eval,
    .quant = QuantRule::free_range,
    .integer = {.types = quantised_types, .eval = eval_integer, .micro = dtypes(DType::i8, DType::i16)},
    .elementwise = true,
    .onnx = "LeakyRelu",
    .tflite = {.builtin = 98, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
