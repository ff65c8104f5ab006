#include "kernel/activation.h"
#include "op/quantised.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) {
    call(c, tin_leaky_relu_f32, c.in[0].as<float>(), c.out[0].as<float>(), c.out[0].type->elements(),
         static_cast<float>(c.node.real("alpha")));
}

static void eval_integer(const EvalContext& c) {
    const Type &x = *c.in[0].type, &y = *c.out[0].type;
    const float alpha = static_cast<float>(c.node.real("alpha"));
    const StoredRange range = stored_range(y.dtype);
    const double below = y.dtype == DType::u8 ? static_cast<double>(float_scale(x) * alpha / float_scale(y))
                                              : scale_of(x) * static_cast<double>(alpha) / scale_of(y);
    eval_rescale(c, tin_rescale_qi16,
                 {zero_point_of(x), zero_point_of(y), quantised_multiplier(scale_ratio(x, y)), quantised_multiplier(below),
                  range.low, range.high});
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
