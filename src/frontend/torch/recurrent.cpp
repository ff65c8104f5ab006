// RNN, GRU and LSTM: stacks of layers, in one or both directions, and single cells. PyTorch's gates are put into ONNX's order.
#include "frontend/compose/recurrent.hpp"

#include "frontend/torch/operand.hpp"

#include <algorithm>

namespace tinsmith::torch::from_torch {

namespace {

// Gate k of ONNX's order is PyTorch's gate order[k]: reset, update, new; input, forget, cell, output.
Ints gate_order(Cell::Kind kind) {
    if (kind == Cell::Kind::gru) return {1, 0, 2};
    if (kind == Cell::Kind::lstm) return {0, 3, 1, 2};
    return {0};
}

ValueId reordered(Compose& m, ValueId rows, Cell::Kind kind) {
    const Ints order = gate_order(kind);
    const int64_t gates = std::ssize(order), h = m.shape(rows)[0] / gates;
    check(m.shape(rows)[0] % gates == 0, "weights of shape {} have no {} gates", to_string(m.shape(rows)), gates);
    std::vector<ValueId> parts;
    for (int64_t gate : order) parts.push_back(m.slice(rows, 0, gate * h, (gate + 1) * h));
    return m.concat(parts, 0);
}

ValueId with_direction(Compose& m, ValueId x) {
    Shape s = m.shape(x);
    s.insert(s.begin(), 1);
    return m.reshape(x, s);
}

struct Stack {
    Cell::Kind kind;
    std::string activation;
    bool biases, batch_first, both_ways;
    int64_t layers;
    std::vector<ValueId> parameters;
    ValueId hidden = no_value, cell = no_value;  // [layers * directions, batch, hidden]
};

// Weights of one layer, those of both directions on top of each other.
void take_weights(Compose& m, const Stack& s, int64_t layer, RecurrentLayer& l) {
    const size_t each = s.biases ? 4 : 2;
    std::vector<ValueId> weights, recurrent, biases;
    for (int64_t d = 0; d < l.directions; ++d) {
        const size_t at = static_cast<size_t>(layer * l.directions + d) * each;
        for (size_t i = 0; i < each; ++i)
            check(m.shape(s.parameters[at + i]).size() == (i < 2 ? 2 : 1), "parameter {} is {}", at + i,
                  to_string(m.b.type(s.parameters[at + i])));
        weights.push_back(with_direction(m, reordered(m, s.parameters[at], s.kind)));
        recurrent.push_back(with_direction(m, reordered(m, s.parameters[at + 1], s.kind)));
        if (s.biases)
            biases.push_back(with_direction(
                m, m.concat({reordered(m, s.parameters[at + 2], s.kind), reordered(m, s.parameters[at + 3], s.kind)}, 0)));
    }
    l.weights = m.concat(weights, 0);
    l.recurrent = m.concat(recurrent, 0);
    if (s.biases) l.biases = m.concat(biases, 0);
    l.hidden = m.shape(l.recurrent)[2];
    const int64_t rows = l.gates() * l.hidden, features = m.shape(l.x)[2];
    check(m.shape(l.weights) == Shape{l.directions, rows, features} &&
              m.shape(l.recurrent) == Shape{l.directions, rows, l.hidden} &&
              (!s.biases || m.shape(l.biases) == Shape{l.directions, 2 * rows}),
          "weights of shape {} and {} do not fit an input of shape {}", to_string(m.shape(l.weights)),
          to_string(m.shape(l.recurrent)), to_string(m.shape(l.x)));
}

// [layers * directions, batch, hidden] -> those of a layer, directions beside the batch as the layer has them.
ValueId state_of(Compose& m, ValueId all, int64_t layer, const RecurrentLayer& l) {
    const ValueId mine = m.slice(all, 0, layer * l.directions, (layer + 1) * l.directions);
    return l.time_axis == 0 ? mine : m.transpose(mine, {1, 0, 2});
}

ValueId as_state(Compose& m, ValueId state, const RecurrentLayer& l) {
    return l.time_axis == 0 ? state : m.transpose(state, {1, 0, 2});
}

// Outputs: the last layer's sequence, and the final states of all layers.
std::vector<ValueId> run(NodeReader& r, ValueId x, const Stack& s) {
    Compose& m = r.m;
    supported(r.b.type(x).dtype == DType::f32, "a recurrent layer of {}", to_string(r.b.type(x)));
    check(m.shape(x).size() == 3, "the input is {}", to_string(r.b.type(x)));
    const int64_t directions = s.both_ways ? 2 : 1;
    check(s.layers >= 1 && s.layers <= 256, "{} layers", s.layers);
    supported(s.parameters.size() == static_cast<size_t>(s.layers * directions) * (s.biases ? 4 : 2),
              "{} parameters of {} layers: a projection of the state (proj_size) is not read", s.parameters.size(), s.layers);
    std::vector<ValueId> hidden, cells;
    for (int64_t layer = 0; layer < s.layers; ++layer) {
        RecurrentLayer l;
        l.kind = s.kind;
        l.x = x;
        l.directions = directions;
        l.time_axis = s.batch_first ? 1 : 0;
        l.time = m.shape(x)[static_cast<size_t>(l.time_axis)];
        l.batch = m.shape(x)[static_cast<size_t>(1 - l.time_axis)];
        l.linear_before_reset = true;
        take_weights(m, s, layer, l);
        for (int64_t d = 0; d < directions; ++d) {
            if (s.kind != Cell::Kind::rnn) l.activations.push_back(cell_activation("Sigmoid", {}, {}));
            l.activations.push_back(cell_activation(s.activation, {}, {}));
            if (s.kind == Cell::Kind::lstm) l.activations.push_back(cell_activation(s.activation, {}, {}));
        }
        const Shape states{s.layers * directions, l.batch, l.hidden};
        check(m.shape(s.hidden) == states && (s.cell == no_value || m.shape(s.cell) == states),
              "the initial states are {}, not {}", to_string(m.shape(s.hidden)), to_string(states));
        l.initial_hidden = state_of(m, s.hidden, layer, l);
        if (s.cell != no_value) l.initial_cell = state_of(m, s.cell, layer, l);
        l.wants_sequence = layer + 1 < s.layers || r.wants(0);
        l.wants_cell = r.wants(2);
        const auto results = recurrent(m, l, r.unroll_rnn);
        if (r.wants(1)) hidden.push_back(as_state(m, results[1], l));
        if (r.wants(2)) cells.push_back(as_state(m, results[2], l));
        if (results[0] == no_value) continue;
        // [time, directions, batch, hidden] or [batch, time, directions, hidden] -> directions beside each other.
        const ValueId y = l.time_axis == 0 ? m.transpose(results[0], {0, 2, 1, 3}) : results[0];
        Shape flat = m.shape(x);
        flat[2] = directions * l.hidden;
        x = m.reshape(y, flat);
    }
    return {r.wants(0) ? x : no_value, hidden.empty() ? no_value : m.concat(hidden, 0),
            cells.empty() ? no_value : m.concat(cells, 0)};
}

std::vector<ValueId> stack(NodeReader& r, Cell::Kind kind, const std::string& activation) {
    supported(!r.has("batch_sizes"), "packed sequences; pad them to one length");
    supported(!r.flag("train", false) || r.real("dropout", 0) == 0,
              "its dropout is random in training mode; export the model in eval mode");
    Stack s{kind,
            activation,
            r.flag("has_biases", true),
            r.flag("batch_first", false),
            r.flag("bidirectional", false),
            r.integer("num_layers", 1),
            r.tensors("params"),
            no_value,
            no_value};
    for (ValueId parameter : s.parameters) check(parameter != no_value, "a parameter is None");
    const auto states = r.tensors("hx");
    check(states.size() == (kind == Cell::Kind::lstm ? 2 : 1) && states[0] != no_value && states.back() != no_value,
          "{} initial states", states.size());
    s.hidden = states[0];
    if (kind == Cell::Kind::lstm) s.cell = states[1];
    return run(r, r.tensor("input"), s);
}

// One step over a batch [batch, features].
std::vector<ValueId> cell(NodeReader& r, Cell::Kind kind, const std::string& activation) {
    Compose& m = r.m;
    auto row = [&](ValueId x) {
        const Shape s = m.shape(x);
        check(s.size() == 1 || s.size() == 2, "a state or an input is {}", to_string(s));
        return m.reshape(x, {1, s.size() == 2 ? s[0] : 1, s.back()});
    };
    Stack s{kind, activation, r.has("b_ih"), false, false, 1, {r.tensor("w_ih"), r.tensor("w_hh")}, no_value, no_value};
    if (s.biases) {
        s.parameters.push_back(r.tensor("b_ih"));
        s.parameters.push_back(r.tensor("b_hh"));
    }
    const auto states = r.tensors("hx");
    check(!states.empty() && states.size() <= 2, "{} states", states.size());
    const Shape out = m.shape(states[0]);
    s.hidden = row(states[0]);
    if (kind == Cell::Kind::lstm) s.cell = row(states.back());
    // The results are the final states.
    NodeReader inner = r;
    inner.wanted = {false, true, kind == Cell::Kind::lstm};
    const auto results = run(inner, row(r.tensor("input")), s);
    if (kind != Cell::Kind::lstm) return {m.reshape(results[1], out)};
    return {m.reshape(results[1], out), m.reshape(results[2], out)};
}

}  // namespace

std::vector<ValueId> lstm(NodeReader& r) { return stack(r, Cell::Kind::lstm, "Tanh"); }
std::vector<ValueId> gru(NodeReader& r) { return stack(r, Cell::Kind::gru, "Tanh"); }
std::vector<ValueId> rnn_tanh(NodeReader& r) { return stack(r, Cell::Kind::rnn, "Tanh"); }
std::vector<ValueId> rnn_relu(NodeReader& r) { return stack(r, Cell::Kind::rnn, "Relu"); }
std::vector<ValueId> lstm_cell(NodeReader& r) { return cell(r, Cell::Kind::lstm, "Tanh"); }
std::vector<ValueId> gru_cell(NodeReader& r) { return cell(r, Cell::Kind::gru, "Tanh"); }
std::vector<ValueId> rnn_tanh_cell(NodeReader& r) { return cell(r, Cell::Kind::rnn, "Tanh"); }
std::vector<ValueId> rnn_relu_cell(NodeReader& r) { return cell(r, Cell::Kind::rnn, "Relu"); }

}  // namespace tinsmith::torch::from_torch
