#include "kernel/arithmetic.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) {
    eval_binary<BinaryKernel>(c, {.f32 = tin_prelu_f32});
}

const OpDef op::PRelu{
    .name = "PRelu",
    .says = "x, or slope * x where x < 0",
    .operands = {{"x"}, {"slope"}},
    .attrs = {},
    .infer = infer_binary<dtypes(DType::f32)>,
    .eval = eval,
    .quant = QuantRule::free_range,
    .elementwise = true,
    .tflite = {.builtin = 54, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
