#include "kernel/activation.h"
#include "op/quantised.hpp"

#include <cmath>

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.f32 = tin_elu_f32}); }

static void eval_integer(const EvalContext& c) {
    eval_real(c, [](float x) { return x < 0 ? std::exp(x) - 1 : x; });
}

const OpDef op::Elu{
    .name = "Elu",
    .says = "x, or e^x - 1 where x < 0",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::f32)>,
    .eval = eval,
    .quant = QuantRule::free_range,
    .integer = {.types = dtypes(DType::i8), .eval = eval_integer, .micro = dtypes(DType::i8)},
    .elementwise = true,
    .tflite = {.builtin = 111, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
