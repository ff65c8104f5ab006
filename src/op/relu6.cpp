#include "op/activation.hpp"
#include "op/quantised.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) { clamp(c, c.in[0], c.out[0], {0, 6}); }

static void eval_integer(const EvalContext& c) {
    const Type& x = *c.in[0].type;
    if (x.dtype == DType::u8) return eval_clamp(c, {0, 6});
    // TFLite Micro clamps the stored integers and looks at the input's scale alone.
    const StoredRange stored = stored_range({0, 6}, x);
    const tin_multiplier one = quantised_multiplier(1);
    eval_rescale(c, tin_rescale_qi16, {0, 0, one, one, stored.low, stored.high});
}

const OpDef op::Relu6{
    .name = "Relu6",
    .says = "min(max(x, 0), 6)",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer_unary<number_types>,
    .eval = eval,
    .quant = QuantRule::same_as_input,
    .integer = {.types = quantised_types, .eval = eval_integer, .micro = dtypes(DType::i8, DType::i16)},
    .elementwise = true,
    .tflite = {.builtin = 21, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
