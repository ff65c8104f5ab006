#include "kernel/quantised_softmax.h"
#include "kernel/softmax.h"

#include "op/integer.hpp"
#include "op/list.hpp"
#include "op/move.hpp"

#include <cmath>

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    const Type& x = c.type(0);
    check((x.dtype == DType::f32 || is_quantised(*c.node.op, c.in)) && x.rank() >= 1,
          "LogSoftmax of {}, expected f32 with a last axis", to_string(x));
    if (is_quantised(*c.node.op, c.in)) check_stored(c, 0);
    return {Type{x.dtype, x.shape, std::nullopt}};
}

static void eval(const EvalContext& c) {
    AroundAxis a = around(c.in[0].type->shape, c.in[0].type->rank() - 1);
    call(c, tin_log_softmax_f32, c.in[0].as<float>(), c.out[0].as<float>(), a.outer, a.extent);
}

static void eval_integer(const EvalContext& c) {
    const AroundAxis a = around(c.in[0].type->shape, c.in[0].type->rank() - 1);
    const FixedInput q5 = fixed_input(scale_of(*c.in[0].type), 5);
    // From Q5 back to steps of the input.
    const double back = std::ldexp(1.0, 31 - q5.factor.shift) / q5.factor.mantissa;
    const tin_softmax_scale s{q5.factor, -q5.radius, quantised_multiplier(back)};
    if (c.in[0].type->dtype == DType::u8)
        return call(c, tin_log_softmax_qu8, c.in[0].as<uint8_t>(), c.out[0].as<uint8_t>(), a.outer, a.extent, &s);
    call(c, tin_log_softmax_qi8, c.in[0].as<int8_t>(), c.out[0].as<int8_t>(), a.outer, a.extent, &s);
}

const OpDef op::LogSoftmax{
    .name = "LogSoftmax",
    .says = "log of Softmax over the last axis",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::log_range,
    .integer = {.types = dtypes(DType::i8, DType::u8), .eval = eval_integer, .micro = dtypes(DType::i8)},
    .tflite = {.builtin = 50, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
