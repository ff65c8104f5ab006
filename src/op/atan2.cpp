#include "kernel/arithmetic.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    check_dtype(c, dtypes(DType::f32));
    check(c.type(0).shape == c.type(1).shape, "Atan2 does not broadcast: y is {}, x is {}", to_string(c.type(0)),
          to_string(c.type(1)));
    return infer_broadcast(c);
}

static void eval(const EvalContext& c) { eval_binary<BinaryKernel>(c, {.f32 = tin_atan2_f32}); }

const OpDef op::Atan2{
    .name = "Atan2",
    .says = "the angle of the point (x, y), in -pi..pi",
    .operands = {{"y"}, {"x"}},
    .attrs = {},
    .infer = infer,
    .eval = eval,
    .elementwise = true,
    .tflite = {.builtin = 156, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
