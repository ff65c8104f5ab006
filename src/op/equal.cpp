#include "kernel/compare.h"
#include "op/quantised.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) {
    eval_binary<CompareKernel>(c, {NUMBER_KERNELS(tin_equal), .boolean = tin_equal_bool});
}

static void eval_integer(const EvalContext& c) { eval_quantised_comparison(c, {QUANTISED_KERNELS(tin_equal)}); }

const OpDef op::Equal{
    .name = "Equal",
    .says = "a = b",
    .operands = {{"a"}, {"b"}},
    .attrs = {},
    .infer = infer_comparison<number_types | dtypes(DType::boolean)>,
    .eval = eval,
    .quant = QuantRule::integer_only,
    .integer = {.types = quantised_types, .eval = eval_integer, .micro = dtypes(DType::i8)},
    .elementwise = true,
    .onnx = "Equal",
    .tflite = {.builtin = 71, .accepts = dtypes(DType::f32, DType::i16, DType::i32, DType::i64, DType::boolean)},
};

}  // namespace tinsmith
