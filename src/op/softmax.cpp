#include "kernel/softmax.h"
#include "kernel/quantised_softmax.h"

#include "op/list.hpp"
#include "op/move.hpp"
#include "op/quantised.hpp"

#include <cmath>

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    const Type& x = c.type(0);
    check((x.dtype == DType::f32 || is_quantised(*c.node.op, c.in)) && x.rank() >= 1,
          "Softmax of {}, expected f32 with a last axis", to_string(x));
    if (is_quantised(*c.node.op, c.in)) check_stored(c, 0);
    const std::string& dtype = c.node.text("dtype");
    check(dtype.empty() || (dtype == "i16" && x.dtype == DType::i8 && x.quant), "Softmax of {} as '{}'", to_string(x), dtype);
    return {Type{dtype.empty() ? x.dtype : DType::i16, x.shape, std::nullopt}};
}

static void eval(const EvalContext& c) {
    AroundAxis a = around(c.in[0].type->shape, c.in[0].type->rank() - 1);
    call(c, tin_softmax_f32, c.in[0].as<float>(), c.out[0].as<float>(), a.outer, a.extent,
         static_cast<float>(c.node.real("beta")));
}

// 16 bits: e^v over [-10, 0] and 1 / (1 + v) over [0, 1], both in units of 2/65535.
static void eval_16(const EvalContext& c, const AroundAxis& a) {
    constexpr float range = 65535;
    const std::vector<int16_t> exps = sample_16(10 / range, INT16_MAX, 2 / range, 0, [](float v) { return std::exp(v); });
    const std::vector<int16_t> reciprocals = sample_16(1 / range, INT16_MIN, 2 / range, 0, [](float v) { return 1 / (1 + v); });
    const double beta = static_cast<float>(c.node.real("beta"));
    const tin_multiplier input = quantised_multiplier(scale_of(*c.in[0].type) * beta / (10.0 / 65535.0));
    known(c, exps);
    known(c, reciprocals);
    call(c, tin_softmax_qi16, c.in[0].as<int16_t>(), c.out[0].as<int16_t>(), a.outer, a.extent, input, exps.data(),
         reciprocals.data());
}

static void eval_integer(const EvalContext& c) {
    const AroundAxis a = around(c.in[0].type->shape, c.in[0].type->rank() - 1);
    if (c.in[0].type->dtype == DType::i16) return eval_16(c, a);
    const double beta = static_cast<float>(c.node.real("beta"));
    const FixedInput q5 = fixed_input(beta * scale_of(*c.in[0].type), 5);
    const tin_softmax_scale s{q5.factor, -q5.radius, {}};
    if (c.in[0].type->dtype == DType::u8)
        return call(c, tin_softmax_qu8, c.in[0].as<uint8_t>(), c.out[0].as<uint8_t>(), a.outer, a.extent, &s);
    if (c.out[0].type->dtype == DType::i16)
        return call(c, tin_softmax_qi8_qi16, c.in[0].as<int8_t>(), c.out[0].as<int16_t>(), a.outer, a.extent, &s);
    call(c, tin_softmax_qi8, c.in[0].as<int8_t>(), c.out[0].as<int8_t>(), a.outer, a.extent, &s);
}

const OpDef op::Softmax{
    .name = "Softmax",
    .says = "exp(beta * (x - max)) / sum, over the last axis",
    .operands = {{"x"}},
    .attrs = {{"beta", 1.0}, {"dtype", std::string()}},  // dtype: i16 from i8, else that of x
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::unit_range,
    .integer = {.types = quantised_types, .eval = eval_integer, .micro = dtypes(DType::i8, DType::i16)},
    .tflite = {.builtin = 25, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
