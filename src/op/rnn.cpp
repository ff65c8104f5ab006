#include "op/hybrid.hpp"
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
    check_alike(c);
    std::vector<Type> types{{c.type(0).dtype, s.with(unit), {}}};
    if (c.node.flag("states")) types.push_back({DType::f32, {s.batch, unit}, {}});
    return types;
}

// The rows of x and of the hidden state are quantised one by one.
static void step_hybrid(const EvalContext& c, const Sequence& s, int64_t unit, const float* x, const float* hidden,
                        float* next) {
    const auto scheme = c.node.flag("asymmetric_inputs") ? HybridInput::Scheme::asymmetric : HybridInput::Scheme::symmetric;
    HybridInput of_x(*c.in[1].type, s.features, scheme), of_hidden(*c.in[2].type, unit, scheme);
    for (int64_t b = 0; b < s.batch; ++b) {
        float* y = next + b * unit;
        of_x.multiply(x + b * s.features, c.in[1].as<int8_t>(), c.in[3].as<float>(), unit, y);
        of_hidden.multiply(hidden + b * unit, c.in[2].as<int8_t>(), y, unit, y);
    }
    call(c, tin_gate_f32, next, next, s.batch * unit, gate_of(c.node.text("activation")));
}

static void eval(const EvalContext& c) {
    const Sequence s = Sequence::of(c.node, c.in[0].type->shape);
    const int64_t unit = c.in[1].type->shape[0];
    const Scratch<float> x(c, s.batch * s.features), first(c, s.batch * unit), second(c, s.batch * unit);
    const size_t bytes = static_cast<size_t>(s.batch * unit) * sizeof(float);
    float *hidden = first.data(), *next = second.data();
    if (c.has(4)) copy_bytes(c, hidden, c.in[4].data, bytes);
    for (int64_t t = 0; t < s.time; ++t) {
        s.take(c, c.in[0].as<float>(), t, s.features, x.data());
        if (has_stored_weights(c))
            step_hybrid(c, s, unit, x.data(), hidden, next);
        else
            call(c, tin_rnn_step_f32, x.data(), c.in[1].as<float>(), c.in[2].as<float>(), c.in[3].as<float>(), s.batch,
                 s.features, unit, gate_of(c.node.text("activation")), hidden, next);
        std::swap(hidden, next);
        s.put(c, c.out[0].as<float>(), t, unit, hidden);
    }
    if (c.node.flag("states")) copy_bytes(c, c.out[1].data, hidden, bytes);
}

static int64_t macs(const Node&, std::span<const Type* const> in, std::span<const Type> out) {
    return out[0].elements() * (in[1]->shape[1] + in[2]->shape[1]);
}

const OpDef op::RNN{
    .name = "RNN",
    .says =
        "h[t] = activation(weights x[t] + recurrent_weights h[t-1] + bias), from the initial hidden state or zero; with "
        "`states` "
        "the last h is an output too",
    .operands = {{"x"}, {"weights"}, {"recurrent_weights"}, {"bias"}, {"initial_hidden", true}},
    // asymmetric_inputs: whether rows beside stored weights are quantised with a zero point.
    .attrs = {{"time_major", false}, {"activation", std::string("tanh")}, {"states", false}, {"asymmetric_inputs", false}},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::stays_float,
    .macs = macs,
    .tflite = {.builtin = 35, .accepts = dtypes(DType::f32), .max_rank = 3},
};

}  // namespace tinsmith
