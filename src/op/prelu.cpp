#include "kernel/arithmetic.h"
#include "op/quantised.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    check_dtype(c, dtypes(DType::f32));
    // Slopes of 16-bit activations have 8 bits.
    const DType slope = is_quantised(*c.node.op, c.in) && c.type(0).dtype == DType::i16 ? DType::i8 : c.type(0).dtype;
    check(c.type(1).dtype == slope, "the slope is {}, expected {}", to_string(c.type(1)), dtype_name(slope));
    Type out{c.type(0).dtype, broadcast(c.type(0).shape, c.type(1).shape), std::nullopt};
    check(out.shape == c.type(0).shape, "the slope {} does not broadcast to x, {}", to_string(c.type(1)), to_string(c.type(0)));
    return {out};
}

static void eval(const EvalContext& c) { eval_binary<BinaryKernel>(c, {.f32 = tin_prelu_f32}); }

static void eval_integer(const EvalContext& c) {
    const Type &x = *c.in[0].type, &slope = *c.in[1].type, &y = *c.out[0].type;
    tin_binary q = binary_of(c, stored_range(y.dtype));
    q.a = quantised_multiplier(scale_of(x) / scale_of(y));
    q.b = quantised_multiplier(scale_of(x) * scale_of(slope) / scale_of(y));
    if (y.dtype == DType::u8) {  // LiteRT alone, in single precision
        q.a = quantised_multiplier(float_scale(x) / float_scale(y));
        q.b = quantised_multiplier(float_scale(x) * float_scale(slope) / float_scale(y));
    }
    if (y.dtype != DType::i16) return eval_quantised<QuantisedKernel>(c, {.i8 = tin_prelu_qi8, .u8 = tin_prelu_qu8}, q);
    const tin_walk walk = broadcast_walk(y.shape, {&x.shape, &slope.shape});
    call(c, tin_prelu_qi16, c.in[0].as<int16_t>(), c.in[1].as<int8_t>(), c.out[0].as<int16_t>(), &walk, &q);
}

const OpDef op::PRelu{
    .name = "PRelu",
    .says = "x, or slope * x where x < 0",
    .operands = {{"x"}, {"slope"}},
    .attrs = {},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::free_range,
    .integer = {.types = quantised_types, .eval = eval_integer, .micro = dtypes(DType::i8, DType::i16)},
    .elementwise = true,
    .tflite = {.builtin = 54, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
