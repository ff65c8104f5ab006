#include "kernel/arithmetic.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) {
    eval_binary<BinaryKernel>(c, {.f32 = tin_atan2_f32});
}

const OpDef op::Atan2{
    .name = "Atan2",
    .says = "the angle of the point (b, a), in -pi..pi",
    .operands = {{"a"}, {"b"}},
    .attrs = {},
    .infer = infer_binary<dtypes(DType::f32)>,
    .eval = eval,
    .elementwise = true,
    .tflite = {.builtin = 156, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
