#include "kernel/svdf.h"

#include "op/hybrid.hpp"
#include "op/integer.hpp"
#include "op/list.hpp"
#include "op/sequence.hpp"
#include "op/window.hpp"

namespace tinsmith {

namespace {

constexpr size_t x = 0, features = 1, time = 2, bias = 3, state = 4;

tin_svdf sizes(const Node& node, const Shape& in, const Shape& of_time) {
    return {in[0], in[1], of_time[0], of_time[1], node.integer("rank")};
}

void check_integers(const InferContext& c) {
    for (size_t operand : {x, features, time, state}) check_stored(c, operand);
    for (size_t operand : {time, state})
        check(c.type(operand).dtype == DType::i16, "operand '{}' is {}, not i16", c.node.op->operands[operand].role,
              to_string(c.type(operand)));
    check(c.type(features).dtype == DType::i8 && c.type(features).quant->zero_point[0] == 0,
          "the feature weights are {}, not i8 around 0", to_string(c.type(features)));
    check(!c.has(bias) || c.type(bias).dtype == DType::i32, "the bias is {}, not i32", to_string(c.type(bias)));
}

std::vector<Type> infer(const InferContext& c) {
    check_rank(c, x, 2);
    check_rank(c, features, 2);
    check_rank(c, time, 2);
    gate_of(c.node.text("activation"));
    const bool stored = is_quantised(*c.node.op, c.in);
    check(c.type(x).dtype == DType::f32 || stored, "x is {}, not f32", to_string(c.type(x)));
    const tin_svdf s = sizes(c.node, c.type(x).shape, c.type(time).shape);
    check(s.rank >= 1 && s.filters >= 1 && s.filters % s.rank == 0 && s.memory >= 1, "{} filters over {} steps in groups of {}",
          s.filters, s.memory, s.rank);
    check_shape(c, features, {s.filters, s.in});
    check_shape(c, bias, {s.filters / s.rank});
    check_shape(c, state, {s.batch, s.filters * s.memory});
    if (stored)
        check_integers(c);
    else
        check_alike(c);
    return {Type{c.type(x).dtype, {s.batch, s.filters / s.rank}, {}}, c.type(state)};
}

// What the feature weights give, each row of x quantised for itself where they are stored.
void see(const EvalContext& c, const tin_svdf& s, float* seen) {
    if (!has_stored_weights(c))
        return call(c, tin_svdf_features_f32, &s, c.in[x].as<float>(), c.in[features].as<float>(), seen);
    const auto scheme = c.node.flag("asymmetric_inputs") ? HybridInput::Scheme::asymmetric : HybridInput::Scheme::symmetric;
    HybridInput row(*c.in[features].type, s.in, scheme);
    for (int64_t b = 0; b < s.batch; ++b)
        row.multiply(c.in[x].as<float>() + b * s.in, c.in[features].as<int8_t>(), nullptr, s.filters, seen + b * s.filters);
}

void eval(const EvalContext& c) {
    const tin_svdf s = sizes(c.node, c.in[x].type->shape, c.in[time].type->shape);
    const Scratch<float> seen(c, s.batch * s.filters);
    std::vector<float> widened;
    see(c, s, seen.data());
    call(c, tin_svdf_shift_f32, &s, c.in[state].as<float>(), seen.data(), c.out[1].as<float>());
    const float* weights = c.in[time].as<float>();
    if (has_stored_weights(c)) {
        for (int64_t i = 0; i < s.filters * s.memory; ++i)
            widened.push_back(c.in[time].type->quant->scale[0] * static_cast<float>(c.in[time].as<int8_t>()[i]));
        known(c, widened);
        weights = widened.data();
    }
    call(c, tin_svdf_time_f32, &s, c.out[1].as<float>(), weights, c.has(bias) ? c.in[bias].as<float>() : nullptr,
         gate_of(c.node.text("activation")), c.out[0].as<float>());
}

// TFLite's integer kernel applies no activation but the bounds of its integers.
void eval_integer(const EvalContext& c) {
    const tin_svdf s = sizes(c.node, c.in[x].type->shape, c.in[time].type->shape);
    const auto factor = [](const Type& a, const Type& b, const Type& to) {
        return quantised_multiplier(scale_of(a) * scale_of(b) / scale_of(to));
    };
    const Type& memory = *c.in[state].type;
    const tin_svdf_scales q{.x_zero = zero_point_of(*c.in[x].type),
                            .y_zero = zero_point_of(*c.out[0].type),
                            .low = INT8_MIN,
                            .high = INT8_MAX,
                            .seen = factor(*c.in[x].type, *c.in[features].type, memory),
                            .y = factor(memory, *c.in[time].type, *c.out[0].type)};
    call(c, tin_svdf_i8, &s, c.in[x].as<int8_t>(), c.in[features].as<int8_t>(), c.in[time].as<int16_t>(),
         c.has(bias) ? c.in[bias].as<int32_t>() : nullptr, c.in[state].as<int16_t>(), &q, c.out[1].as<int16_t>(),
         c.out[0].as<int8_t>());
}

int64_t macs(const Node&, std::span<const Type* const> in, std::span<const Type>) {
    return in[x]->shape[0] * (in[features]->elements() + in[time]->elements());
}

}  // namespace

const OpDef op::SVDF{
    .name = "SVDF",
    .says =
        "next = state without its oldest step, and feature_weights x behind it; y[u] = activation(bias[u] + sum over the "
        "`rank` "
        "filters of u of time_weights . next)",
    .operands = {{"x"}, {"feature_weights"}, {"time_weights"}, {"bias", true}, {"state"}},
    // asymmetric_inputs: whether rows of a float x beside stored weights are quantised with a zero point.
    .attrs = {{"rank", int64_t{1}}, {"activation", std::string("none")}, {"asymmetric_inputs", false}},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::stays_float,
    .integer = {.types = dtypes(DType::i8), .eval = eval_integer, .micro = dtypes(DType::i8)},
    .macs = macs,
    .tflite = {.builtin = 27, .accepts = dtypes(DType::f32), .max_rank = 2},
};

}  // namespace tinsmith
