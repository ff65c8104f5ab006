#include "op/activation.hpp"
#include "op/quantised.hpp"

#include <cmath>

namespace tinsmith {

static void eval(const EvalContext& c) { clamp(c, c.in[0], c.out[0], {0, INFINITY}); }

static void eval_integer(const EvalContext& c) { eval_clamp(c, {0, INFINITY}); }

const OpDef op::Relu{
    .name = "Relu",
    .says = "max(x, 0)",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<number_types>,
    .eval = eval,
    .quant = QuantRule::free_range,
    .integer = {.types = quantised_types, .eval = eval_integer, .micro = dtypes(DType::i8, DType::i16)},
    .elementwise = true,
    .onnx = "Relu",
    .tflite = {.builtin = 19, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
