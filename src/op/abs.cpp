#include "kernel/math.h"
#include "op/quantised.hpp"

#include <algorithm>

namespace tinsmith {

static void eval(const EvalContext& c) { eval_unary(c, {.f32 = tin_abs_f32, SIGNED_KERNELS(tin_abs)}); }

static void eval_integer(const EvalContext& c) {
    const Type &x = *c.in[0].type, &y = *c.out[0].type;
    const tin_multiplier factor = quantised_multiplier(scale_ratio(x, y));
    const StoredRange range = stored_range(y.dtype);
    eval_rescale(c, tin_abs_qi16, {zero_point_of(x), zero_point_of(y), factor, factor, range.low, range.high});
}

const OpDef op::Abs{
    .name = "Abs",
    .says = "|x|",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<dtypes(DType::f32, DType::i8, DType::i16, DType::i32, DType::i64)>,
    .eval = eval,
    .quant = QuantRule::free_range,
    .integer = {.types = dtypes(DType::i8, DType::i16), .eval = eval_integer, .micro = dtypes(DType::i8, DType::i16)},
    .elementwise = true,
    .onnx = "Abs",
    .tflite = {.builtin = 101, .accepts = dtypes(DType::f32, DType::i16, DType::i32)},
};

}  // namespace tinsmith
