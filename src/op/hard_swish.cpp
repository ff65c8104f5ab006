#include "kernel/hard_swish.h"
#include "op/infer.hpp"
#include "op/list.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) {
    tin_hard_swish_f32(c.in[0].as<float>(), c.out[0].as<float>(), c.out[0].type->elements());
}

const OpDef op::HardSwish{
    .name = "HardSwish",
    .says = "x * clamp(x + 3, 0, 6) / 6",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_same,
    .eval = eval,
    .quant = QuantRule::free_range,
    .elementwise = true,
    .onnx = "HardSwish",
    .tflite = {.builtin = 117, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
