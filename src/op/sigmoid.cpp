#include "kernel/activation.h"
#include "kernel/fixed_math.h"
#include "op/quantised.hpp"

#include <cmath>

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.f32 = tin_sigmoid_f32}); }

// 8 bits, as TFLite Micro: in fixed point from x in Q4. LiteRT takes u8 as well, and rounds the real function.
static void eval_integer(const EvalContext& c) {
    const Type& x = *c.in[0].type;
    if (x.dtype == DType::u8) return eval_real(c, [](float v) { return 1 / (1 + std::exp(-v)); });
    if (x.dtype == DType::i16) {
        const Scale16 s = scale_16(x, 0);
        return call(c, tin_sigmoid_qi16, c.in[0].as<int16_t>(), c.out[0].as<int16_t>(), x.elements(), s.factor, s.shift);
    }
    const FixedInput q4 = fixed_input(scale_of(x), 4);
    eval_table(c, [&](int32_t v) {
        const int32_t steps = v - zero_point_of(x);
        if (steps <= -q4.radius) return INT8_MIN + 0;
        if (steps >= q4.radius) return INT8_MAX + 0;
        return tin_rounding_divide(tin_fixed_logistic(tin_scale(steps, q4.factor)), 23) + INT8_MIN;
    });
}

const OpDef op::Sigmoid{
    .name = "Sigmoid",
    .says = "1 / (1 + e^-x)",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::f32)>,
    .eval = eval,
    .quant = QuantRule::unit_range,
    .integer = {.types = quantised_types, .eval = eval_integer, .micro = dtypes(DType::i8, DType::i16)},
    .elementwise = true,
    .onnx = "Sigmoid",
    .tflite = {.builtin = 14, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
