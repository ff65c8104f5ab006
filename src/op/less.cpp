#include "kernel/compare.h"
#include "op/quantised.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { eval_binary<CompareKernel>(c, {NUMBER_KERNELS(tin_less)}); }

static void eval_integer(const EvalContext& c) {
    if (c.in[0].type->dtype == DType::i16) return eval(c);  // LiteRT compares 16-bit integers as they are
    eval_quantised_comparison(c, {.i8 = tin_less_qi8, .u8 = tin_less_qu8});
}

const OpDef op::Less{
    .name = "Less",
    .says = "a < b",
    .operands = {{"a"}, {"b"}},
    .attrs = {},
    .infer = infer_comparison<number_types>,
    .eval = eval,
    .quant = QuantRule::integer_only,
    .integer = {.types = quantised_types, .eval = eval_integer, .micro = dtypes(DType::i8), .micro_only = dtypes(DType::i16)},
    .elementwise = true,
    .onnx = "Less",
    .tflite = {.builtin = 58, .accepts = dtypes(DType::f32, DType::i16, DType::i32, DType::i64)},
};

}  // namespace tinsmith
