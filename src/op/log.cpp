#include "kernel/math.h"
#include "op/quantised.hpp"

#include <cmath>

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.f32 = tin_log_f32}); }

static void eval_integer(const EvalContext& c) {
    const Type& y = *c.out[0].type;
    const float least = static_cast<float>(stored_range(y.dtype).low - zero_point_of(y)) * float_scale(y);
    eval_real(c, [least](float x) { return x <= 0 ? least : std::log(x); });
}

const OpDef op::Log{
    .name = "Log",
    .says = "the natural logarithm of x",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::f32)>,
    .eval = eval,
    .quant = QuantRule::free_range,
    .integer = {.types = dtypes(DType::i8, DType::i16), .eval = eval_integer},
    .elementwise = true,
    .domain = {0.01, 8},
    .onnx = "Log",
    .tflite = {.builtin = 73, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
