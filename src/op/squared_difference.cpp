#include "kernel/arithmetic.h"
#include "op/quantised.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_binary<BinaryKernel>(c, {NUMBER_KERNELS(tin_squared_difference)}); }

static void eval_integer(const EvalContext& c) {
    const Type& y = *c.out[0].type;
    tin_binary q = binary_of(c, stored_range(y.dtype));
    const double twice = common_scale(c, y.dtype == DType::i16 ? 0 : 7, q);
    q.y = quantised_multiplier(twice * twice / ((1 << 2 * q.shift) * scale_of(y)));
    eval_quantised<QuantisedKernel>(c, {QUANTISED_KERNELS(tin_squared_difference)}, q);
}

const OpDef op::SquaredDifference{
    .name = "SquaredDifference",
    .says = "(a - b)^2",
    .operands = {{"a"}, {"b"}},
    .attrs = {},
    .infer = infer_binary<number_types>,
    .eval = eval,
    .quant = QuantRule::free_range,
    .integer = {.types = dtypes(DType::i8, DType::i16),
                .eval = eval_integer,
                .micro = dtypes(DType::i8, DType::i16),
                .micro_only = dtypes(DType::i16)},
    .elementwise = true,
    .tflite = {.builtin = 99, .accepts = dtypes(DType::f32, DType::i32)},
};

}  // namespace tinsmith
