#include "op/list.hpp"
#include "op/sequence.hpp"

#include <algorithm>

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    check(c.type(0).dtype == DType::f32, "x is {}, not f32", to_string(c.type(0)));
    const Sequence s = Sequence::of(c.node, c.type(0).shape);
    gate_of(c.node.text("activation"));
    check(c.type(1).rank() == 2, "weights are {}", to_string(c.type(1)));
    const int64_t unit = c.type(1).shape[0];
    check_shape(c, 1, {unit, s.features});
    check_shape(c, 2, {unit, unit});
    check_shape(c, 3, {unit});
    check_shape(c, 4, {s.batch, unit});
    return {Type{c.type(0).dtype, s.with(unit), {}}};
}

static void eval(const EvalContext& c) {
    const Sequence s = Sequence::of(c.node, c.in[0].type->shape);
    const int64_t unit = c.in[1].type->shape[0];
    std::vector<float> x(s.batch * s.features), hidden(s.batch * unit), next(s.batch * unit);
    if (c.has(4)) std::copy_n(c.in[4].as<float>(), hidden.size(), hidden.begin());
    for (int64_t t = 0; t < s.time; ++t) {
        s.take(c.in[0].as<float>(), t, s.features, x.data());
        tin_rnn_step_f32(x.data(), c.in[1].as<float>(), c.in[2].as<float>(), c.in[3].as<float>(), s.batch, s.features, unit,
                         gate_of(c.node.text("activation")), hidden.data(), next.data());
        std::swap(hidden, next);
        s.put(c.out[0].as<float>(), t, unit, hidden.data());
    }
}

static int64_t macs(const Node&, std::span<const Type* const> in, std::span<const Type> out) {
    return out[0].elements() * (in[1]->shape[1] + in[2]->shape[1]);
}

const OpDef op::RNN{
    .name = "RNN",
    .says = "h[t] = activation(weights x[t] + recurrent_weights h[t-1] + bias), from the initial hidden state or zero",
    .operands = {{"x"}, {"weights"}, {"recurrent_weights"}, {"bias"}, {"initial_hidden", true}},
    .attrs = {{"time_major", false}, {"activation", std::string("tanh")}},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::stays_float,
    .macs = macs,
    .tflite = {.builtin = 35, .accepts = dtypes(DType::f32), .max_rank = 3},
};

}  // namespace tinsmith
