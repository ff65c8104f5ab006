#include "kernel/arithmetic.h"
#include "op/activation.hpp"
#include "op/elementwise.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    check_activation(c);
    return infer_binary<number_types>(c);
}

static void eval(const EvalContext& c) {
    eval_binary<BinaryKernel>(c, {NUMBER_KERNELS(tin_mul)});
    apply_activation(c);
}

const OpDef op::Mul{
    .name = "Mul",
    .says = "a * b",
    .operands = {{"a"}, {"b"}},
    .attrs = {activation_attr()},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::free_range,
    .elementwise = true,
    .onnx = "Mul",
    .tflite = {.builtin = 18, .accepts = dtypes(DType::f32, DType::i16, DType::i32, DType::u32, DType::i64)},
};

}  // namespace tinsmith
