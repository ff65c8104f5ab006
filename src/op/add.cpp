#include "kernel/arithmetic.h"
#include "op/activation.hpp"
#include "op/elementwise.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    check_activation(c);
    return infer_binary<number_types>(c);
}

static void eval(const EvalContext& c) {
    eval_binary<BinaryKernel>(c, {NUMBER_KERNELS(tin_add)});
    apply_activation(c);
}

const OpDef op::Add{
    .name = "Add",
    .says = "a + b",
    .operands = {{"a"}, {"b"}},
    .attrs = {activation_attr()},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::free_range,
    .elementwise = true,
    .onnx = "Add",
    .tflite = {.builtin = 0, .accepts = dtypes(DType::f32, DType::i16, DType::i32, DType::i64)},
};

}  // namespace tinsmith
