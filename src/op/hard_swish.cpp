#include "kernel/hard_swish.h"
#include "op/quantised.hpp"

#include <algorithm>

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.f32 = tin_hard_swish_f32}); }

// The nearest 16-bit form of a multiplier's mantissa.
static int16_t narrow(int32_t mantissa) {
    return static_cast<int16_t>(mantissa >= INT32_MAX - (1 << 15) ? INT16_MAX : (mantissa + (1 << 15)) >> 16);
}
static int16_t saturated(int32_t value) { return static_cast<int16_t>(std::clamp(value, INT16_MIN, INT16_MAX)); }
static int16_t doubling_high_mul(int16_t a, int16_t b) {
    const int32_t product = a * b;
    return saturated((product + (product >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15));
}
// Like tin_rounding_divide in 16 bits, with what TFLite's does for exponents over 15.
static int16_t rounding_divide(int16_t x, int32_t exponent) {
    const auto mask = static_cast<int16_t>((int64_t{1} << exponent) - 1);
    return static_cast<int16_t>((x >> exponent) + ((x & mask) > (mask >> 1) + (x < 0)));
}

// In 16 bits: relu6(x + 3) / 6 in units of 2^-15, times x in units of the result's scale.
static void eval_integer(const EvalContext& c) {
    const Type &x = *c.in[0].type, &y = *c.out[0].type;
    // x is taken in 1/128 of its scale.
    const tin_multiplier to_y = quantised_multiplier(scale_ratio(x, y) / 128);
    const tin_multiplier to_gate = quantised_multiplier(scale_of(x) / 128 / (3.0 / 32768.0));
    eval_table(c, [&](int32_t v) {
        const auto input = static_cast<int16_t>((v - zero_point_of(x)) * 128);
        const int16_t scaled = doubling_high_mul(input, narrow(to_y.mantissa));
        int16_t gate = input;
        if (to_gate.shift > 0) gate = saturated(gate * (1 << std::min(to_gate.shift - 1, 15)));
        gate = doubling_high_mul(gate, narrow(to_gate.mantissa));
        if (to_gate.shift > 0) gate = saturated(gate * 2);
        if (to_gate.shift < 0) gate = rounding_divide(gate, -to_gate.shift);
        gate = static_cast<int16_t>((gate + (1 << 15)) >> 1);
        const auto product = static_cast<int16_t>(gate * scaled / (1 << 15));
        // Both runtimes refuse results so fine that the factor would exceed 1.
        const int16_t output = rounding_divide(product, std::max(-to_y.shift, 0));
        return std::clamp<int32_t>(static_cast<int16_t>(output + zero_point_of(y)), INT16_MIN, INT16_MAX);
    });
}

const OpDef op::HardSwish{
    .name = "HardSwish",
    .says = "x * clamp(x + 3, 0, 6) / 6",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::f32)>,
    .eval = eval,
    .quant = QuantRule::free_range,
    .integer = {.types = dtypes(DType::i8, DType::u8), .eval = eval_integer, .micro = dtypes(DType::i8)},
    .elementwise = true,
    .onnx = "HardSwish",
    .tflite = {.builtin = 117, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
