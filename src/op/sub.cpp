#include "kernel/arithmetic.h"
#include "op/activation.hpp"
#include "op/quantised.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    check_activation(c);
    return infer_binary<number_types>(c);
}

static void eval(const EvalContext& c) {
    eval_binary<BinaryKernel>(c, {NUMBER_KERNELS(tin_sub)});
    apply_activation(c);
}

static void eval_integer(const EvalContext& c) { eval_quantised<QuantisedKernel>(c, {QUANTISED_KERNELS(tin_sub)}, sum_of(c)); }

const OpDef op::Sub{
    .name = "Sub",
    .says = "a - b",
    .operands = {{"a"}, {"b"}},
    .attrs = {activation_attr()},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::free_range,
    .integer = {.types = quantised_types, .eval = eval_integer, .micro = dtypes(DType::i8, DType::i16)},
    .elementwise = true,
    .onnx = "Sub",
    .tflite = {.builtin = 41, .accepts = dtypes(DType::f32, DType::i32, DType::i64)},
};

}  // namespace tinsmith
