#include "op/activation.hpp"
#include "op/quantised.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { clamp(c, c.in[0], c.out[0], {-1, 1}); }

static void eval_integer(const EvalContext& c) { eval_clamp(c, {-1, 1}); }

const OpDef op::ReluN1To1{
    .name = "ReluN1To1",
    .says = "min(max(x, -1), 1)",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<number_types>,
    .eval = eval,
    .quant = QuantRule::free_range,
    .integer = {.types = dtypes(DType::i8, DType::u8), .eval = eval_integer},
    .elementwise = true,
    .tflite = {.builtin = 20, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
