// RNN, GRU and LSTM. What TFLite's sequence operators express becomes one of them; everything else is written step by step, or as
// a loop when the reader is asked to, with the projection of the inputs (which no step waits for) in front.
#include "frontend/compose/recurrence.hpp"
#include "frontend/onnx/ops.hpp"

#include <algorithm>

namespace tinsmith::from_onnx {

namespace {

struct Layer {
    Cell::Kind kind;
    int64_t gates, hidden, directions, batch, time, time_axis;
    bool whole = true;  // every sequence has all steps
    std::vector<std::string> activations;
    std::vector<float> alpha, beta;
    double clip;
    bool first_backwards;
};

Layer read_layer(NodeReader& r, Cell::Kind kind, int64_t gates, const std::vector<std::string>& defaults) {
    Layer l{kind, gates, 0, 1, 0, 0, 0, true, {}, r.reals("activation_alpha"), r.reals("activation_beta"), r.real("clip", 0),
            false};
    check(r.rank(0) == 3 && r.rank(1) == 3 && r.rank(2) == 3, "X, W and R have three dimensions each");
    supported(r.type(0).dtype == DType::f32, "a recurrent layer of {}", to_string(r.type(0)));
    const int64_t layout = r.integer("layout", 0);
    check(layout == 0 || layout == 1, "layout is {}", layout);
    l.time_axis = layout;
    l.time = r.shape(0)[l.time_axis];
    l.batch = r.shape(0)[1 - l.time_axis];
    const std::string direction = r.text("direction", "forward");
    check(direction == "forward" || direction == "reverse" || direction == "bidirectional", "direction is '{}'", direction);
    l.directions = direction == "bidirectional" ? 2 : 1;
    l.first_backwards = direction == "reverse";
    l.hidden = r.shape(2)[2];
    check(r.integer("hidden_size", l.hidden) == l.hidden, "hidden_size is not that of the weights, {}", l.hidden);
    check(r.shape(1) == Shape{l.directions, gates * l.hidden, r.shape(0)[2]}, "W has shape {}", to_string(r.shape(1)));
    check(r.shape(2) == Shape{l.directions, gates * l.hidden, l.hidden}, "R has shape {}", to_string(r.shape(2)));
    check(!r.has(3) || r.shape(3) == Shape{l.directions, 2 * gates * l.hidden}, "B has another shape");
    supported(r.integer("input_forget", 0) == 0, "coupled input and forget gates (input_forget)");
    if (r.has(4)) {
        check(r.type(4).elements() == l.batch, "sequence_lens has {} numbers for a batch of {}", r.type(4).elements(), l.batch);
        l.whole = r.is_constant(4);
        for (int64_t n : l.whole ? *r.constant_ints(4) : Ints{}) {
            check(n >= 0 && n <= l.time, "a sequence of {} of {} steps", n, l.time);
            l.whole = l.whole && n == l.time;
        }
    }
    if (const auto* named = r.node.attribute("activations")) l.activations = named->texts;
    if (l.activations.empty())
        for (int64_t d = 0; d < l.directions; ++d) l.activations.insert(l.activations.end(), defaults.begin(), defaults.end());
    check(l.activations.size() == defaults.size() * static_cast<size_t>(l.directions), "{} activations for {} directions",
          l.activations.size(), l.directions);
    return l;
}

// Part of a weight tensor [directions, rows, ...]: rows [from, to) of one direction.
ValueId rows(Compose& m, ValueId w, int64_t direction, int64_t from, int64_t to) {
    w = m.slice(w, 0, direction, direction + 1);
    Shape flat(m.shape(w).begin() + 1, m.shape(w).end());
    return m.slice(m.reshape(w, flat), 0, from, to);
}

bool is_zero(const NodeReader& r, size_t i) {
    if (!r.has(i)) return true;
    if (!r.is_constant(i)) return false;
    const auto values = r.b.graph.constant_floats(r.in[i]);
    return std::all_of(values.begin(), values.end(), [](float v) { return v == 0; });
}

// The initial state of one direction, with extent 1 along the time axis.
ValueId initial_state(NodeReader& r, Compose& m, const Layer& l, size_t operand, int64_t direction) {
    Shape shape{l.batch, l.batch, l.hidden};
    shape[l.time_axis] = 1;
    if (!r.has(operand)) return m.b.splat(0, {DType::f32, shape, {}});
    Shape all(shape);
    all[l.time_axis] = l.directions;
    check(r.shape(operand) == all, "input {} has shape {}, not {}", operand, to_string(r.shape(operand)), to_string(all));
    return m.slice(r.in[operand], l.time_axis, direction, direction + 1);
}

std::vector<CellActivation> activations_of(const Layer& l, int64_t direction) {
    std::vector<CellActivation> all;
    size_t alpha = 0, beta = 0;
    for (const std::string& name : l.activations) {
        std::optional<double> a, b;
        if (takes_alpha(name) && alpha < l.alpha.size()) a = l.alpha[alpha++];
        if (takes_beta(name) && beta < l.beta.size()) b = l.beta[beta++];
        all.push_back(cell_activation(name, a, b));
    }
    const auto each = static_cast<int64_t>(all.size()) / l.directions;
    return {all.begin() + direction * each, all.begin() + (direction + 1) * each};
}

// W x + bias for all steps at once. The recurrent bias joins where it is only added.
ValueId project(NodeReader& r, Compose& m, const Layer& l, int64_t direction, int64_t from, int64_t to,
                bool recurrent_bias_too) {
    const ValueId weights = rows(m, r.operand(1), direction, from, to);
    ValueId bias = no_value;
    if (r.has(3)) {
        bias = rows(m, r.in[3], direction, from, to);
        const int64_t half = l.gates * l.hidden;
        if (recurrent_bias_too) bias = m.add(bias, rows(m, r.in[3], direction, half + from, half + to));
    }
    return m.b.add(op::FullyConnected, {r.operand(0), weights, bias});
}

Recurrence recurrence(NodeReader& r, Compose& m, const Layer& l, int64_t direction) {
    Recurrence out;
    Cell& cell = out.cell;
    const int64_t h = l.hidden;
    cell.kind = l.kind;
    cell.hidden = h;
    cell.activations = activations_of(l, direction);
    cell.clip = l.clip;
    cell.linear_before_reset = l.kind == Cell::Kind::gru && r.integer("linear_before_reset", 0) != 0;
    cell.operands[Cell::recurrent] = rows(m, r.operand(2), direction, 0, l.gates * h);
    if (l.kind == Cell::Kind::gru) {
        out.x = {project(r, m, l, direction, 0, 2 * h, !cell.linear_before_reset),
                 project(r, m, l, direction, 2 * h, 3 * h, !cell.linear_before_reset)};
        if (cell.linear_before_reset) {
            if (r.has(3)) cell.operands[Cell::recurrent_bias] = rows(m, r.in[3], direction, 3 * h, 6 * h);
        } else {
            cell.operands[Cell::recurrent] = rows(m, r.operand(2), direction, 0, 2 * h);
            cell.operands[Cell::candidate] = rows(m, r.operand(2), direction, 2 * h, 3 * h);
        }
    } else {
        out.x = {project(r, m, l, direction, 0, l.gates * h, true)};
    }
    out.initial = {initial_state(r, m, l, 5, direction)};
    if (l.kind == Cell::Kind::lstm) {
        out.initial.push_back(initial_state(r, m, l, 6, direction));
        if (r.has(7)) {
            check(r.shape(7) == Shape{l.directions, 3 * h}, "P has shape {}", to_string(r.shape(7)));
            for (int64_t i = 0; i < 3; ++i)
                cell.operands[Cell::peephole_input + static_cast<size_t>(i)] = rows(m, r.in[7], direction, i * h, (i + 1) * h);
        }
    }
    out.time_axis = l.time_axis;
    out.backwards = l.first_backwards || direction == 1;
    if (!l.whole) {
        Shape along{1, 1, 1};
        along[1 - l.time_axis] = l.batch;
        out.lengths = m.reshape(m.cast(r.in[4], DType::i32), along);
    }
    out.wants_sequence = r.wants(0);
    return out;
}

// TFLite's operator over x, which is reversed in front of it and behind it for a backward direction.
RecurrenceResult sequence_operator(NodeReader& r, Compose& m, const Layer& l, int64_t direction) {
    const bool backwards = l.first_backwards || direction == 1;
    auto turned = [&](ValueId v) { return backwards ? m.b.add(op::Reverse, {v}, {{"axes", Ints{l.time_axis}}}) : v; };
    const int64_t h = l.hidden, half = l.gates * h;
    auto bias = [&](int64_t gate) {
        if (!r.has(3)) return m.b.splat(0, {DType::f32, {h}, {}});
        return m.add(rows(m, r.in[3], direction, gate * h, (gate + 1) * h),
                     rows(m, r.in[3], direction, half + gate * h, half + (gate + 1) * h));
    };
    auto weights = [&](size_t operand, int64_t gate) {
        return rows(m, r.operand(operand), direction, gate * h, (gate + 1) * h);
    };
    Attrs attrs{{"time_major", l.time_axis == 0}};
    std::vector<ValueId> operands{turned(r.operand(0))};
    ValueId y;
    if (l.kind == Cell::Kind::lstm) {
        constexpr int64_t order[] = {0, 2, 3, 1};  // ONNX: input, output, forget, cell; TFLite: input, forget, cell, output
        for (size_t operand : {size_t{1}, size_t{2}})
            for (int64_t gate : order) operands.push_back(weights(operand, gate));
        for (int64_t gate : {0, 2, 1})
            operands.push_back(r.has(7) ? rows(m, r.in[7], direction, gate * h, (gate + 1) * h) : no_value);
        for (int64_t gate : order) operands.push_back(bias(gate));
        y = m.b.add(op::LSTM, operands, std::move(attrs));
    } else {
        attrs.set("activation", std::string(l.activations[static_cast<size_t>(direction)] == "Relu" ? "relu" : "tanh"));
        y = m.b.add(op::RNN, {operands[0], weights(1, 0), weights(2, 0), bias(0)}, std::move(attrs));
    }
    y = turned(y);
    const int64_t last = backwards ? 0 : l.time - 1;
    return {y, {m.slice(y, l.time_axis, last, last + 1)}};
}

// Zero initial states (TFLite's are variables that start at zero), whole sequences, the usual activations, no cell state wanted.
bool expressible(const NodeReader& r, const Layer& l) {
    if (l.kind == Cell::Kind::gru || l.clip != 0 || !l.whole || !is_zero(r, 5) || l.time < 1) return false;
    if (l.kind == Cell::Kind::rnn)
        return std::all_of(l.activations.begin(), l.activations.end(), [](auto& a) { return a == "Tanh" || a == "Relu"; });
    for (size_t i = 0; i < l.activations.size(); ++i)
        if (l.activations[i] != (i % 3 == 0 ? "Sigmoid" : "Tanh")) return false;
    return is_zero(r, 6) && !r.wants(2);
}

std::vector<ValueId> convert(NodeReader& r, const Layer& l) {
    Compose m{r.b};
    std::vector<RecurrenceResult> results;
    for (int64_t d = 0; d < l.directions; ++d) {
        if (expressible(r, l)) {
            results.push_back(sequence_operator(r, m, l, d));
            continue;
        }
        const Recurrence sequence = recurrence(r, m, l, d);
        results.push_back(!r.unroll_rnn && can_loop(m.b.graph, sequence) ? loop(m, sequence) : unroll(m, sequence));
    }
    // Y is [time, directions, batch, hidden] or [batch, time, directions, hidden].
    std::vector<ValueId> out(1 + results[0].last.size(), no_value), parts;
    if (r.wants(0)) {
        for (const RecurrenceResult& one : results) {
            Shape shape = m.shape(one.sequence);
            shape.insert(shape.begin() + 1 + l.time_axis, 1);
            parts.push_back(m.reshape(one.sequence, shape));
        }
        out[0] = m.concat(parts, 1 + l.time_axis);
    }
    for (size_t s = 0; s < results[0].last.size(); ++s) {
        parts.clear();
        for (const RecurrenceResult& one : results) parts.push_back(one.last[s]);
        out[1 + s] = m.concat(parts, l.time_axis);
    }
    return out;
}

}  // namespace

std::vector<ValueId> rnn(NodeReader& r) { return convert(r, read_layer(r, Cell::Kind::rnn, 1, {"Tanh"})); }
std::vector<ValueId> gru(NodeReader& r) { return convert(r, read_layer(r, Cell::Kind::gru, 3, {"Sigmoid", "Tanh"})); }
std::vector<ValueId> lstm(NodeReader& r) { return convert(r, read_layer(r, Cell::Kind::lstm, 4, {"Sigmoid", "Tanh", "Tanh"})); }

}  // namespace tinsmith::from_onnx
