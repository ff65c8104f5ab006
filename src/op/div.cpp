#include "kernel/arithmetic.h"
#include "op/activation.hpp"
#include "op/elementwise.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    check_activation(c);
    return infer_binary<number_types>(c);
}

static void eval(const EvalContext& c) {
    eval_binary<BinaryKernel>(c, {NUMBER_KERNELS(tin_div)});
    apply_activation(c);
}

const OpDef op::Div{
    .name = "Div",
    .says = "a / b; integers towards zero, and 0 where b is 0",
    .operands = {{"a"}, {"b"}},
    .attrs = {activation_attr()},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::free_range,
    .elementwise = true,
    .onnx = "Div",
    .tflite = {.builtin = 42, .accepts = dtypes(DType::f32, DType::i32)},
};

}  // namespace tinsmith
