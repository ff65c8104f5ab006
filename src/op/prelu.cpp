#include "kernel/arithmetic.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    check_dtype(c, dtypes(DType::f32));
    std::vector<Type> out = infer_broadcast(c);
    check(out[0].shape == c.type(0).shape, "the slope {} does not broadcast to x, {}", to_string(c.type(1)),
          to_string(c.type(0)));
    return out;
}

static void eval(const EvalContext& c) { eval_binary<BinaryKernel>(c, {.f32 = tin_prelu_f32}); }

const OpDef op::PRelu{
    .name = "PRelu",
    .says = "x, or slope * x where x < 0",
    .operands = {{"x"}, {"slope"}},
    .attrs = {},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::free_range,
    .elementwise = true,
    .tflite = {.builtin = 54, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
