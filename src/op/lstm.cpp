#include "op/lstm.hpp"

#include "op/hybrid.hpp"
#include "op/list.hpp"
#include "op/sequence.hpp"

#include <algorithm>
#include <array>

namespace tinsmith {

using namespace lstm;

namespace {

std::vector<Type> infer(const InferContext& c) {
    const bool stored = is_quantised(*c.node.op, c.in);
    check(c.type(x).dtype == DType::f32 || stored, "x is {}, not f32", to_string(c.type(x)));
    const Sequence s = Sequence::of(c.node, c.type(x).shape);
    gate_of(c.node.text("activation"));
    const Type& forget = c.type(weights + forget_gate);
    check(forget.rank() == 2, "weights are {}", to_string(forget));
    const int64_t cell = forget.shape[0];
    check(cell > 0, "the weights {} make no cells", to_string(forget));
    check(!c.has(projection) || c.type(projection).rank() == 2, "the projection is no matrix");
    const int64_t out = c.has(projection) ? c.type(projection).shape[0] : cell;
    const bool coupled = !c.has(weights + input_gate);
    check(coupled == !c.has(recurrent + input_gate) && coupled == !c.has(bias + input_gate),
          "the input gate has some of weights, recurrent weights and bias, not all or none");
    const bool peeps = c.has(peephole_of(output_gate));
    check(peeps == c.has(peephole_of(forget_gate)) && (peeps && !coupled) == c.has(peephole_of(input_gate)),
          "some gates have a peephole, others none");
    check(c.has(projection) || !c.has(projection_bias), "a bias of a projection without the projection");
    for (size_t gate = input_gate; gate <= output_gate; ++gate) {
        check_shape(c, weights + gate, {cell, s.features});
        check_shape(c, recurrent + gate, {cell, out});
        if (gate != update_gate) check_shape(c, peephole_of(gate), {cell});
        check_shape(c, bias + gate, {cell});
    }
    check_shape(c, projection, {out, cell});
    check_shape(c, projection_bias, {out});
    check_shape(c, hidden, {s.batch, out});
    check_shape(c, state, {s.batch, cell});
    if (stored)
        check_integer(c);
    else
        check_alike(c);
    std::vector<Type> types{{c.type(x).dtype, s.with(out), {}}};
    if (!c.node.flag("states")) return types;
    types.push_back(c.has(hidden) ? c.type(hidden) : Type{DType::f32, {s.batch, out}, {}});
    types.push_back(c.has(state) ? c.type(state) : Type{DType::f32, {s.batch, cell}, {}});
    return types;
}

// Null where the operand is absent or stored as integers.
const float* floats(const EvalContext& c, size_t operand) {
    return c.has(operand) && c.in[operand].type->dtype == DType::f32 ? c.in[operand].as<float>() : nullptr;
}

tin_lstm_gate gate_operands(const EvalContext& c, size_t gate) {
    return {floats(c, weights + gate), floats(c, recurrent + gate),
            gate == update_gate ? nullptr : floats(c, peephole_of(gate)), floats(c, bias + gate)};
}

// A layer of float activations and stored weights: rows of x, of the hidden state and of what is projected are quantised one by one.
class HybridSteps {
public:
    HybridSteps(const EvalContext& c, tin_lstm& l)
        : c_(c),
          l_(l),
          scheme_(c.node.flag("asymmetric_inputs") ? HybridInput::Scheme::asymmetric : HybridInput::Scheme::symmetric) {
        l.input.peephole = peephole(input_gate);
        l.forget.peephole = peephole(forget_gate);
        l.output.peephole = peephole(output_gate);
    }

    void step(const float* x, float* hidden, float* state, float* gates) const {
        const int64_t n = l_.batch * l_.cell;
        for (size_t gate = l_.coupled ? forget_gate : input_gate; gate <= output_gate; ++gate) {
            float* y = gates + static_cast<int64_t>(gate) * n;
            multiply(weights + gate, x, l_.in, floats(c_, bias + gate), l_.cell, y);
            multiply(recurrent + gate, hidden, l_.out, nullptr, l_.cell, y);
        }
        tin_lstm_cells_f32(&l_, state, gates);
        const float* cells = gates + 2 * n;
        if (!c_.has(projection)) return tin_lstm_hidden_f32(&l_, cells, nullptr, hidden);
        std::vector<float> projected(static_cast<size_t>(l_.batch * l_.out));
        multiply(projection, cells, l_.cell, floats(c_, projection_bias), l_.out, projected.data());
        tin_lstm_hidden_f32(&l_, cells, projected.data(), hidden);
    }

private:
    // y[b] = bias + weights x[b], or y[b] += weights x[b] where they are those of the hidden state.
    void multiply(size_t operand, const float* x, int64_t in, const float* start, int64_t out, float* y) const {
        HybridInput row(*c_.in[operand].type, in, scheme_);
        const bool adds = operand >= recurrent && operand < peephole_of(input_gate);
        for (int64_t b = 0; b < l_.batch; ++b)
            row.multiply(x + b * in, c_.in[operand].as<int8_t>(), adds ? y + b * out : start, out, y + b * out);
    }

    const float* peephole(size_t gate) {
        if (!c_.has(peephole_of(gate))) return nullptr;
        const TensorView& stored = c_.in[peephole_of(gate)];
        std::vector<float>& real = peepholes_[gate];
        for (int64_t i = 0; i < l_.cell; ++i)
            real.push_back(stored.type->quant->scale[0] * static_cast<float>(stored.as<int8_t>()[i]));
        return real.data();
    }

    const EvalContext& c_;
    tin_lstm& l_;
    HybridInput::Scheme scheme_;
    std::array<std::vector<float>, 4> peepholes_;  // as floats, by gate
};

// `see`, if any, gets the cell state after each step; without it the outputs are written.
void run(const EvalContext& c, const std::function<void(std::span<const float>)>& see) {
    const Sequence s = Sequence::of(c.node, c.in[x].type->shape);
    if (s.batch == 0) return;
    const int64_t cell = c.in[weights + forget_gate].type->shape[0], out = c.in[recurrent + forget_gate].type->shape[1];
    const bool stored = is_quantised(*c.in[weights + forget_gate].type);
    tin_lstm l{.batch = s.batch,
               .in = s.features,
               .cell = cell,
               .out = out,
               .coupled = !c.has(weights + input_gate),
               .input = gate_operands(c, input_gate),
               .forget = gate_operands(c, forget_gate),
               .update = gate_operands(c, update_gate),
               .output = gate_operands(c, output_gate),
               .projection = floats(c, projection),
               .projection_bias = floats(c, projection_bias),
               .cell_clip = static_cast<float>(c.node.real("cell_clip")),
               .proj_clip = static_cast<float>(c.node.real("proj_clip")),
               .activation = gate_of(c.node.text("activation"))};
    std::optional<HybridSteps> hybrid;
    if (stored) hybrid.emplace(c, l);
    const Scratch<float> step(c, s.batch * s.features), h(c, s.batch * out), memory(c, s.batch * cell),
        scratch(c, 4 * s.batch * cell);
    const size_t h_bytes = static_cast<size_t>(s.batch * out) * sizeof(float);
    const size_t memory_bytes = static_cast<size_t>(s.batch * cell) * sizeof(float);
    if (c.has(hidden)) copy_bytes(c, h.data(), floats(c, hidden), h_bytes);
    if (c.has(state)) copy_bytes(c, memory.data(), floats(c, state), memory_bytes);
    for (int64_t t = 0; t < s.time; ++t) {
        s.take(c, c.in[x].as<float>(), t, s.features, step.data());
        if (hybrid)
            hybrid->step(step.data(), h.data(), memory.data(), scratch.data());
        else
            call(c, tin_lstm_step_f32, &l, step.data(), h.data(), memory.data(), scratch.data());
        if (see)
            see({memory.data(), static_cast<size_t>(s.batch * cell)});
        else
            s.put(c, c.out[0].as<float>(), t, out, h.data());
    }
    if (see || !c.node.flag("states")) return;
    copy_bytes(c, c.out[1].data, h.data(), h_bytes);
    copy_bytes(c, c.out[2].data, memory.data(), memory_bytes);
}

void eval(const EvalContext& c) { run(c, {}); }

int64_t macs(const Node&, std::span<const Type* const> in, std::span<const Type>) {
    const Shape& sequence = in[x]->shape;
    const int64_t gates = in[weights] ? 4 : 3, cell = in[weights + forget_gate]->shape[0];
    const int64_t inner = in[weights + forget_gate]->shape[1] + in[recurrent + forget_gate]->shape[1];
    return sequence[0] * sequence[1] *
           (gates * cell * inner + (in.size() > projection && in[projection] ? in[projection]->elements() : 0));
}

}  // namespace

void see_lstm_states(const EvalContext& c, const std::function<void(std::span<const float>)>& see) { run(c, see); }

const OpDef op::LSTM{
    .name = "LSTM",
    .says =
        "c = sigmoid(f) * c + sigmoid(i) * act(g); h = sigmoid(o) * act(c), each gate = weights x + recurrent h + peephole c + "
        "bias; with `states` the last h and c are outputs too",
    .operands = {{"x"},
                 {"input_weights", true},
                 {"forget_weights"},
                 {"cell_weights"},
                 {"output_weights"},
                 {"input_recurrent", true},
                 {"forget_recurrent"},
                 {"cell_recurrent"},
                 {"output_recurrent"},
                 {"input_peephole", true},
                 {"forget_peephole", true},
                 {"output_peephole", true},
                 {"input_bias", true},
                 {"forget_bias"},
                 {"cell_bias"},
                 {"output_bias"},
                 {"projection", true},
                 {"projection_bias", true},
                 {"initial_hidden", true},
                 {"initial_cell", true}},
    // asymmetric_inputs: whether rows beside stored weights are quantised with a zero point.
    .attrs = {{"cell_clip", 0.0},
              {"proj_clip", 0.0},
              {"time_major", false},
              {"activation", std::string("tanh")},
              {"states", false},
              {"asymmetric_inputs", false}},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::stays_float,
    // LiteRT's kernel takes 16-bit states, but no 16-bit activations.
    .integer = {.types = dtypes(DType::i8, DType::i16),
                .eval = eval_integer,
                .micro = dtypes(DType::i8, DType::i16),
                .micro_only = dtypes(DType::i16)},
    .macs = macs,
    .tflite = {.builtin = 44, .accepts = dtypes(DType::f32), .max_rank = 3},
};

}  // namespace tinsmith
