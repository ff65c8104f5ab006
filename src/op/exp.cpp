#include "kernel/math.h"
#include "op/quantised.hpp"

#include <cmath>

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.f32 = tin_exp_f32}); }

static void eval_integer(const EvalContext& c) {
    eval_real(c, [](float x) { return std::exp(x); });
}

const OpDef op::Exp{
    .name = "Exp",
    .says = "e^x",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::f32)>,
    .eval = eval,
    .quant = QuantRule::free_range,
    .integer = {.types = dtypes(DType::i8, DType::i16), .eval = eval_integer},
    .elementwise = true,
    .onnx = "Exp",
    .tflite = {.builtin = 47, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
