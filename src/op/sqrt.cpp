#include "kernel/math.h"
#include "op/quantised.hpp"

#include <algorithm>

#include <cmath>

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.f32 = tin_sqrt_f32}); }

// Exactly computed, unlike the other functions, and rounded towards zero. LiteRT refuses negative numbers: they give 0.
static void eval_integer(const EvalContext& c) {
    const Type &x = *c.in[0].type, &y = *c.out[0].type;
    const int32_t zero_x = zero_point_of(x), zero_y = zero_point_of(y);
    const auto root = [&](int32_t v) {
        const float real = std::sqrt(std::max(float_scale(x) * static_cast<float>(v - zero_x), 0.0f));
        return static_cast<int32_t>(std::min(real / float_scale(y), 1e9f)) + zero_y;
    };
    if (x.dtype == DType::i8) return eval_table(c, root);
    for (int64_t i = 0; i < y.elements(); ++i)
        c.out[0].as<int16_t>()[i] = static_cast<int16_t>(std::clamp(root(c.in[0].as<int16_t>()[i]), INT16_MIN, INT16_MAX));
}

const OpDef op::Sqrt{
    .name = "Sqrt",
    .says = "the square root of x",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::f32)>,
    .eval = eval,
    .quant = QuantRule::free_range,
    .integer = {.types = dtypes(DType::i8, DType::i16), .eval = eval_integer},
    .elementwise = true,
    .domain = {0, 8},
    .onnx = "Sqrt",
    .tflite = {.builtin = 75, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
