#include "kernel/compare.h"
#include "op/quantised.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) {
    eval_binary<CompareKernel>(c, {NUMBER_KERNELS(tin_not_equal), .boolean = tin_not_equal_bool});
}

static void eval_integer(const EvalContext& c) { eval_quantised_comparison(c, {QUANTISED_KERNELS(tin_not_equal)}); }

const OpDef op::NotEqual{
    .name = "NotEqual",
    .says = "a != b",
    .operands = {{"a"}, {"b"}},
    .attrs = {},
    .infer = infer_comparison<number_types | dtypes(DType::boolean)>,
    .eval = eval,
    .quant = QuantRule::integer_only,
    .integer = {.types = quantised_types, .eval = eval_integer, .micro = dtypes(DType::i8)},
    .elementwise = true,
    .tflite = {.builtin = 72, .accepts = dtypes(DType::f32, DType::i32, DType::i64, DType::boolean)},
};

}  // namespace tinsmith
