// LSTM, GRU and SimpleRNN. What TFLite's sequence operators express becomes one of them; everything else is written step by step, or
// as a loop when the reader is asked to, with the projection of the inputs in front.
#include "frontend/compose/recurrence.hpp"
#include "frontend/keras/keras1.hpp"
#include "frontend/keras/layers.hpp"
#include "frontend/keras/masks.hpp"

#include <algorithm>

namespace tinsmith::keras {

namespace {

struct Layer {
    Cell::Kind kind = Cell::Kind::rnn;
    int64_t gates = 1, hidden = 0, features = 0, batch = 0, steps = 0, time_axis = 1;
    bool backwards = false, sequences = false, states = false, resets_last = false;
    std::vector<CellActivation> activations;
    ValueId x = no_value, kernel = no_value, recurrent_kernel = no_value, bias = no_value, recurrent_bias = no_value;
    std::vector<ValueId> initial;  // as the call states them, [batch, hidden]
    ValueId mask = no_value;       // bool [batch, steps]
    bool zero_masked = false;      // the outputs of steps that do not count
};

// Keras' name of an activation as ONNX's, which the cell goes by.
CellActivation activation_of(const LayerReader& r, const char* key, const char* fallback) {
    const std::string name = r.text(key, fallback);
    const std::pair<std::string_view, const char*> names[] = {{"tanh", "Tanh"},         {"sigmoid", "Sigmoid"},
                                                              {"relu", "Relu"},         {"softplus", "Softplus"},
                                                              {"softsign", "Softsign"}, {"elu", "Elu"}};
    for (const auto& [keras_name, cell_name] : names)
        if (name == keras_name) return cell_activation(cell_name, std::nullopt, std::nullopt);
    if (name == "linear") return cell_activation("Affine", 1, 0);
    if (name == "hard_sigmoid")
        return r.major < 3 ? cell_activation("HardSigmoid", 0.2, 0.5) : cell_activation("HardSigmoid", 1.0 / 6, 0.5);
    fail(Fault::unsupported, "a recurrent layer with the activation '{}'", name);
}

void read_weights(const LayerReader& r, Layer& l) {
    const int64_t columns = l.gates * l.hidden;
    l.kernel = r.m.transpose(r.weight("kernel", {l.features, columns}), {1, 0});
    l.recurrent_kernel = r.m.transpose(r.weight("recurrent_kernel", {l.hidden, columns}), {1, 0});
    if (!r.flag("use_bias", true)) return;
    if (!l.resets_last) {
        l.bias = r.weight("bias", {columns});
        return;
    }
    const ValueId both = r.weight("bias", {2, columns});
    l.bias = r.m.reshape(r.m.slice(both, 0, 0, 1), {columns});
    l.recurrent_bias = r.m.reshape(r.m.slice(both, 0, 1, 2), {columns});
}

Layer read_layer(const LayerReader& r) {
    Layer l;
    const std::string name = r.kind();
    l.kind = name == "LSTM" ? Cell::Kind::lstm : name == "GRU" ? Cell::Kind::gru : Cell::Kind::rnn;
    l.gates = name == "LSTM" ? 4 : name == "GRU" ? 3 : 1;
    check(r.rank() == 3, "the input has shape {}", to_string(r.shape()));
    supported(!r.flag("stateful", false), "it keeps its state from one batch to the next; save the model with stateful=False");
    supported(r.m.dtype(r.input()) == DType::f32, "a recurrent layer of {}", dtype_name(r.m.dtype(r.input())));
    l.time_axis = r.flag("time_major", false) ? 0 : 1;
    l.x = r.input();
    l.steps = r.shape()[static_cast<size_t>(l.time_axis)];
    l.batch = r.shape()[static_cast<size_t>(1 - l.time_axis)];
    l.features = r.shape()[2];
    l.hidden = r.integer("units");
    check(l.hidden >= 1 && l.hidden < (int64_t{1} << 24) && l.steps >= 1, "{} units over {} steps", l.hidden, l.steps);
    l.backwards = r.flag("go_backwards", false);
    l.sequences = r.flag("return_sequences", false);
    l.states = r.flag("return_state", false);
    l.resets_last = name == "GRU" && r.flag("reset_after", false);
    if (name != "SimpleRNN")
        l.activations.push_back(activation_of(r, "recurrent_activation", r.major < 2 ? "hard_sigmoid" : "sigmoid"));
    l.activations.push_back(activation_of(r, "activation", "tanh"));
    if (name == "LSTM") l.activations.push_back(l.activations.back());
    const ValueId stated_mask = r.tensor_argument(99, "mask");
    for (size_t i = 1; i < r.in.size(); ++i)
        if (r.in[i] != stated_mask) l.initial.push_back(r.in[i]);
    l.mask = mask_of(r);
    l.zero_masked = r.flag("zero_output_for_mask", false);
    if (l.mask != no_value) {
        supported(l.time_axis == 1, "a mask with time_major=True");
        check(r.m.shape(l.mask) == Shape{l.batch, l.steps}, "a mask of shape {} for an input of shape {}",
              to_string(r.m.shape(l.mask)), to_string(r.shape()));
    }
    const size_t states = name == "LSTM" ? 2 : 1;
    check(l.initial.empty() || l.initial.size() == states, "{} initial states, it has {}", l.initial.size(), states);
    read_weights(r, l);
    return l;
}

// Rows of one gate, or of some in another order.
ValueId gates(Compose& m, const Layer& l, ValueId weights, std::initializer_list<int64_t> which) {
    std::vector<ValueId> parts;
    for (int64_t gate : which) parts.push_back(m.slice(weights, 0, gate * l.hidden, (gate + 1) * l.hidden));
    return m.concat(std::move(parts), 0);
}

// Keras orders the gates of an LSTM input, forget, update, output; the cell input, output, forget, update.
ValueId ordered(Compose& m, const Layer& l, ValueId weights) {
    return l.kind == Cell::Kind::lstm && weights != no_value ? gates(m, l, weights, {0, 3, 1, 2}) : weights;
}

ValueId project(Compose& m, const Layer& l, ValueId kernel, ValueId bias) {
    return m.b.add(op::FullyConnected, {l.x, kernel, bias});
}

Recurrence recurrence(Compose& m, const Layer& l) {
    Recurrence out;
    const int64_t h = l.hidden;
    out.cell.kind = l.kind;
    out.cell.hidden = h;
    out.cell.activations = l.activations;
    out.cell.linear_before_reset = l.resets_last;
    out.time_axis = l.time_axis;
    out.backwards = l.backwards;
    out.wants_sequence = l.sequences;
    out.mask = l.mask;
    out.zero_masked = l.zero_masked;
    const ValueId kernel = ordered(m, l, l.kernel), bias = ordered(m, l, l.bias);
    auto rows = [&](ValueId v, int64_t from, int64_t to) { return v == no_value ? v : m.slice(v, 0, from, to); };
    if (l.kind == Cell::Kind::gru)
        out.x = {project(m, l, rows(kernel, 0, 2 * h), rows(bias, 0, 2 * h)),
                 project(m, l, rows(kernel, 2 * h, 3 * h), rows(bias, 2 * h, 3 * h))};
    else
        out.x = {project(m, l, kernel, bias)};
    out.cell.operands[Cell::recurrent] = ordered(m, l, l.recurrent_kernel);
    if (l.resets_last) out.cell.operands[Cell::recurrent_bias] = l.recurrent_bias;
    if (l.kind == Cell::Kind::gru && !l.resets_last) {
        out.cell.operands[Cell::recurrent] = rows(l.recurrent_kernel, 0, 2 * h);
        out.cell.operands[Cell::candidate] = rows(l.recurrent_kernel, 2 * h, 3 * h);
    }
    Shape state{l.batch, l.batch, h};
    state[static_cast<size_t>(l.time_axis)] = 1;
    for (size_t i = 0; i < out.cell.states(); ++i) {
        if (l.initial.empty()) {
            out.initial.push_back(m.b.splat(0, {DType::f32, state, {}}));
            continue;
        }
        check(m.shape(l.initial[i]) == Shape{l.batch, h}, "an initial state of shape {}", to_string(m.shape(l.initial[i])));
        out.initial.push_back(m.reshape(l.initial[i], state));
    }
    return out;
}

bool is(const CellActivation& a, std::string_view name) { return a.name == name; }

// Zero initial states, the usual activations, no cell state wanted.
bool expressible(const Layer& l) {
    if (!l.initial.empty() || l.mask != no_value) return false;
    if (l.kind == Cell::Kind::rnn) return is(l.activations[0], "Tanh") || is(l.activations[0], "Relu");
    return l.kind == Cell::Kind::lstm && !l.states && is(l.activations[0], "Sigmoid") && is(l.activations[1], "Tanh");
}

ValueId turned(Compose& m, const Layer& l, ValueId x) {
    return l.backwards ? m.b.add(op::Reverse, {x}, {{"axes", Ints{l.time_axis}}}) : x;
}

// TFLite's operator: h of all steps in the order in which they are computed.
ValueId sequence_operator(Compose& m, const Layer& l) {
    const ValueId x = turned(m, l, l.x), zero = m.b.splat(0, {DType::f32, {l.hidden}, {}});
    Attrs attrs{{"time_major", l.time_axis == 0}};
    if (l.kind == Cell::Kind::rnn) {
        attrs.set("activation", std::string(is(l.activations[0], "Relu") ? "relu" : "tanh"));
        return m.b.add(op::RNN, {x, l.kernel, l.recurrent_kernel, l.bias == no_value ? zero : l.bias}, std::move(attrs));
    }
    std::vector<ValueId> operands{x};
    for (ValueId weights : {l.kernel, l.recurrent_kernel})
        for (int64_t gate = 0; gate < 4; ++gate) operands.push_back(gates(m, l, weights, {gate}));
    operands.insert(operands.end(), 3, no_value);  // no peepholes
    for (int64_t gate = 0; gate < 4; ++gate) operands.push_back(l.bias == no_value ? zero : gates(m, l, l.bias, {gate}));
    return m.b.add(op::LSTM, operands, std::move(attrs));
}

// The sequence in the order of computation and the last states, each [batch, 1, hidden] or [1, batch, hidden].
RecurrenceResult compute(LayerReader& r, const Layer& l) {
    Compose& m = r.m;
    if (expressible(l)) {
        const ValueId y = sequence_operator(m, l);
        const ValueId last = m.slice(y, l.time_axis, l.steps - 1, l.steps);
        return {y, {last}, last};
    }
    const Recurrence sequence = recurrence(m, l);
    RecurrenceResult result = !r.unroll_rnn && can_loop(m.b.graph, sequence) ? loop(m, sequence) : unroll(m, sequence);
    if (l.sequences) result.sequence = turned(m, l, result.sequence);
    return result;
}

}  // namespace

std::vector<ValueId> recurrent(LayerReader& r) {
    const Layer l = read_layer(r);
    const RecurrenceResult result = compute(r, l);
    const Shape state{l.batch, l.hidden};
    std::vector<ValueId> out{l.sequences ? result.sequence : r.m.reshape(result.output, state)};
    if (l.states)
        for (ValueId last : result.last) out.push_back(r.m.reshape(last, state));
    return out;
}

// Cells one upon the other are layers one upon the other: each step of a cell reads that step of the cell below.
std::vector<ValueId> recurrent_cells(LayerReader& r) {
    const auto parts = parts_of(r.layer);
    check(!parts.empty() && r.in.size() == 1, "it has no cells, or is called with states");
    supported(parts.size() == 1 || !r.flag("return_state", false), "the states of several cells as results");
    std::vector<ValueId> out = r.in;
    for (size_t i = 0; i < parts.size(); ++i) {
        const std::string kind = class_of(parts[i].layer);
        const bool first = i == 0, last = i + 1 == parts.size();
        supported(kind == "LSTMCell" || kind == "GRUCell" || kind == "SimpleRNNCell", "a cell of class '{}'", kind);
        Json layer = parts[i].layer;
        check(layer["config"].is_object(), "a cell without a configuration");
        layer["class_name"] = kind.substr(0, kind.size() - 4);
        for (const auto& [key, value] : {std::pair{"return_sequences", !last || r.flag("return_sequences", false)},
                                         {"return_state", r.flag("return_state", false)},
                                         {"go_backwards", first && r.flag("go_backwards", false)},
                                         {"stateful", r.flag("stateful", false)},
                                         {"time_major", r.flag("time_major", false)}})
            layer["config"][key] = value;
        out = r.inner(layer, r.part_weights(parts[i].key), {out.at(0)});
    }
    return out;
}

std::vector<ValueId> cell(LayerReader&) { fail(Fault::unsupported, "a cell outside an RNN layer"); }

// The layer forwards, and a copy of it backwards, whose sequence is turned around again.
std::vector<ValueId> bidirectional(LayerReader& r) {
    Compose& m = r.m;
    std::vector<ValueId> results[2];
    const auto parts = parts_of(r.layer);
    check(parts.size() == 2, "it has no layer");
    const ValueId mask = mask_of(r);
    supported(r.in.size() == (r.tensor_argument(99, "mask") == no_value ? 1u : 2u), "initial states of both directions");
    if (mask != no_value) r.masks[r.input()] = mask;
    for (size_t i = 0; i < 2; ++i) {
        Json layer = parts[i].layer;
        // Steps that do not count give zero in a sequence, whatever the layer says.
        if (r.major >= 2) layer["config"]["zero_output_for_mask"] = flag_of(layer["config"], "return_sequences", false);
        results[i] = r.inner(layer, r.part_weights(parts[i].key), {r.input()});
    }
    supported(results[0].size() == 1 && results[1].size() == 1, "the states of both directions as results");
    ValueId forward = results[0][0], backward = results[1][0];
    if (m.shape(backward).size() == 3) backward = m.b.add(op::Reverse, {backward}, {{"axes", Ints{1}}});
    const std::string mode = r.text("merge_mode", "none");
    if (mode == "concat") return {m.concat({forward, backward}, static_cast<int64_t>(m.shape(forward).size()) - 1)};
    if (mode == "sum") return {m.add(forward, backward)};
    if (mode == "ave") return {m.scaled(m.add(forward, backward), 0.5)};
    if (mode == "mul") return {m.mul(forward, backward)};
    check(mode == "none", "'merge_mode' is '{}'", mode);
    return {forward, backward};
}

// The layer for each step: steps join the batch where every layer inside treats its batch independently.
std::vector<ValueId> time_distributed(LayerReader& r) {
    Compose& m = r.m;
    const auto parts = parts_of(r.layer);
    check(parts.size() == 1, "it has no layer");
    check(r.rank() >= 3, "the input has shape {}", to_string(r.shape()));
    const std::string inside = class_of(parts[0].layer);
    supported(mask_of(r) == no_value || !heeds_masks(inside), "a mask for each step of a layer '{}'", inside);
    const Shape in = r.shape();
    Shape flat(in.begin() + 1, in.end());
    flat[0] = in[0] * in[1];
    const auto results = r.inner(parts[0].layer, r.part_weights(parts[0].key), {m.reshape(r.input(), flat)});
    std::vector<ValueId> out;
    for (ValueId y : results) {
        Shape shape = m.shape(y);
        check(!shape.empty() && shape[0] == flat[0], "its layer changes the batch");
        shape[0] = in[1];
        shape.insert(shape.begin(), in[0]);
        out.push_back(m.reshape(y, shape));
    }
    return out;
}

Slots slots::recurrent(const Json& config, int major) {
    if (major < 2)
        if (Slots gates = gates_of_keras_1(config); !gates.empty()) return gates;
    Slots out{{"kernel", "cell", true}, {"recurrent_kernel", "cell", true}};
    if (uses_bias(config)) out.push_back({"bias", "cell", true});
    return out;
}

Slots slots::cell(const Json& config, int major) {
    Slots out = recurrent(config, major);
    for (Slot& slot : out) slot.path.clear();
    return out;
}

}  // namespace tinsmith::keras
