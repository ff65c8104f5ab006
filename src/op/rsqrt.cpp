#include "kernel/math.h"
#include "op/quantised.hpp"

#include <cmath>

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.f32 = tin_rsqrt_f32}); }

// TFLite refuses negative numbers: they give the largest stored integer, as 0 does.
static void eval_integer(const EvalContext& c) {
    const Type &x = *c.in[0].type, &y = *c.out[0].type;
    const tin_multiplier factor = quantised_multiplier(1.0 / (std::sqrt(scale_of(x)) * scale_of(y)));
    const StoredRange range = stored_range(y.dtype);
    eval_rescale(c, tin_rsqrt_qi16, {zero_point_of(x), zero_point_of(y), factor, factor, range.low, range.high});
}

const OpDef op::Rsqrt{
    .name = "Rsqrt",
    .says = "1 / sqrt(x)",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::f32)>,
    .eval = eval,
    .quant = QuantRule::free_range,
    .integer = {.types = dtypes(DType::i8, DType::i16), .eval = eval_integer, .micro = dtypes(DType::i8, DType::i16)},
    .elementwise = true,
    .domain = {0.01, 8},
    .tflite = {.builtin = 76, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
