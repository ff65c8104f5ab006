#include "frontend/compose/recurrent.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

using Layer = RecurrentLayer;

// Part of a weight tensor [directions, rows, ...]: rows [from, to) of one direction.
ValueId rows(Compose& m, ValueId w, int64_t direction, int64_t from, int64_t to) {
    w = m.slice(w, 0, direction, direction + 1);
    Shape flat(m.shape(w).begin() + 1, m.shape(w).end());
    return m.slice(m.reshape(w, flat), 0, from, to);
}

// The initial state of one direction, with extent 1 along the time axis.
ValueId initial_state(Compose& m, const Layer& l, ValueId all, int64_t direction) {
    Shape shape{l.batch, l.batch, l.hidden};
    shape[static_cast<size_t>(l.time_axis)] = 1;
    if (all == no_value) return m.b.splat(0, {DType::f32, shape, {}});
    shape[static_cast<size_t>(l.time_axis)] = l.directions;
    check(m.shape(all) == shape, "an initial state has shape {}, not {}", to_string(m.shape(all)), to_string(shape));
    return m.slice(all, l.time_axis, direction, direction + 1);
}

std::vector<CellActivation> activations_of(const Layer& l, int64_t direction) {
    const auto each = static_cast<int64_t>(l.activations.size()) / l.directions;
    return {l.activations.begin() + direction * each, l.activations.begin() + (direction + 1) * each};
}

// W x + bias for all steps at once. The recurrent bias joins where it is only added.
ValueId project(Compose& m, const Layer& l, int64_t direction, int64_t from, int64_t to, bool recurrent_bias_too) {
    const ValueId weights = rows(m, l.weights, direction, from, to);
    ValueId bias = no_value;
    if (l.biases != no_value) {
        bias = rows(m, l.biases, direction, from, to);
        const int64_t half = l.gates() * l.hidden;
        if (recurrent_bias_too) bias = m.add(bias, rows(m, l.biases, direction, half + from, half + to));
    }
    return m.b.add(op::FullyConnected, {l.x, weights, bias});
}

Recurrence recurrence(Compose& m, const Layer& l, int64_t direction) {
    Recurrence out;
    Cell& cell = out.cell;
    const int64_t h = l.hidden;
    cell.kind = l.kind;
    cell.hidden = h;
    cell.activations = activations_of(l, direction);
    cell.clip = l.clip;
    cell.linear_before_reset = l.kind == Cell::Kind::gru && l.linear_before_reset;
    cell.operands[Cell::recurrent] = rows(m, l.recurrent, direction, 0, l.gates() * h);
    if (l.kind == Cell::Kind::gru) {
        out.x = {project(m, l, direction, 0, 2 * h, !cell.linear_before_reset),
                 project(m, l, direction, 2 * h, 3 * h, !cell.linear_before_reset)};
        if (cell.linear_before_reset) {
            if (l.biases != no_value) cell.operands[Cell::recurrent_bias] = rows(m, l.biases, direction, 3 * h, 6 * h);
        } else {
            cell.operands[Cell::recurrent] = rows(m, l.recurrent, direction, 0, 2 * h);
            cell.operands[Cell::candidate] = rows(m, l.recurrent, direction, 2 * h, 3 * h);
        }
    } else {
        out.x = {project(m, l, direction, 0, l.gates() * h, true)};
    }
    out.initial = {initial_state(m, l, l.initial_hidden, direction)};
    if (l.kind == Cell::Kind::lstm) {
        out.initial.push_back(initial_state(m, l, l.initial_cell, direction));
        if (l.peepholes != no_value)
            for (int64_t i = 0; i < 3; ++i)
                cell.operands[Cell::peephole_input + static_cast<size_t>(i)] =
                    rows(m, l.peepholes, direction, i * h, (i + 1) * h);
    }
    out.time_axis = l.time_axis;
    out.backwards = l.first_backwards || direction == 1;
    if (l.lengths != no_value) {
        Shape along{1, 1, 1};
        along[1 - l.time_axis] = l.batch;
        out.lengths = m.reshape(m.cast(l.lengths, DType::i32), along);
    }
    out.wants_sequence = l.wants_sequence;
    return out;
}

// TFLite's operator over x, which is reversed in front of it and behind it for a backward direction.
RecurrenceResult sequence_operator(Compose& m, const Layer& l, int64_t direction) {
    const bool backwards = l.first_backwards || direction == 1;
    auto turned = [&](ValueId v) { return backwards ? m.b.add(op::Reverse, {v}, {{"axes", Ints{l.time_axis}}}) : v; };
    const int64_t h = l.hidden, half = l.gates() * h;
    auto bias = [&](int64_t gate) {
        if (l.biases == no_value) return m.b.splat(0, {DType::f32, {h}, {}});
        return m.add(rows(m, l.biases, direction, gate * h, (gate + 1) * h),
                     rows(m, l.biases, direction, half + gate * h, half + (gate + 1) * h));
    };
    auto weights = [&](ValueId all, int64_t gate) { return rows(m, all, direction, gate * h, (gate + 1) * h); };
    Attrs attrs{{"time_major", l.time_axis == 0}};
    std::vector<ValueId> operands{turned(l.x)};
    ValueId y;
    if (l.kind == Cell::Kind::lstm) {
        constexpr int64_t order[] = {0, 2, 3, 1};  // ONNX: input, output, forget, cell; TFLite: input, forget, cell, output
        for (ValueId all : {l.weights, l.recurrent})
            for (int64_t gate : order) operands.push_back(weights(all, gate));
        for (int64_t gate : {0, 2, 1})
            operands.push_back(l.peepholes != no_value ? rows(m, l.peepholes, direction, gate * h, (gate + 1) * h) : no_value);
        for (int64_t gate : order) operands.push_back(bias(gate));
        y = m.b.add(op::LSTM, operands, std::move(attrs));
    } else {
        attrs.set("activation", std::string(l.activations[static_cast<size_t>(direction)].name == "Relu" ? "relu" : "tanh"));
        y = m.b.add(op::RNN, {operands[0], weights(l.weights, 0), weights(l.recurrent, 0), bias(0)}, std::move(attrs));
    }
    y = turned(y);
    const int64_t last = backwards ? 0 : l.time - 1;
    return {y, {m.slice(y, l.time_axis, last, last + 1)}};
}

bool starts_at_zero(const Compose& m, ValueId state) { return state == no_value || is_zero(m.b.graph, state); }

// Zero initial states (TFLite's are variables that start at zero), whole sequences, the usual activations, no cell state wanted.
bool expressible(const Compose& m, const Layer& l) {
    if (l.kind == Cell::Kind::gru || l.clip != 0 || l.lengths != no_value || !starts_at_zero(m, l.initial_hidden) || l.time < 1)
        return false;
    if (l.kind == Cell::Kind::rnn)
        return std::all_of(l.activations.begin(), l.activations.end(),
                           [](auto& a) { return a.name == "Tanh" || a.name == "Relu"; });
    for (size_t i = 0; i < l.activations.size(); ++i)
        if (l.activations[i].name != (i % 3 == 0 ? "Sigmoid" : "Tanh")) return false;
    return starts_at_zero(m, l.initial_cell) && !l.wants_cell;
}

}  // namespace

std::vector<ValueId> recurrent(Compose& m, const Layer& l, bool unroll_steps) {
    std::vector<RecurrenceResult> results;
    for (int64_t d = 0; d < l.directions; ++d) {
        if (expressible(m, l)) {
            results.push_back(sequence_operator(m, l, d));
            continue;
        }
        const Recurrence sequence = recurrence(m, l, d);
        results.push_back(!unroll_steps && can_loop(m.b.graph, sequence) ? loop(m, sequence) : unroll(m, sequence));
    }
    // Y is [time, directions, batch, hidden] or [batch, time, directions, hidden].
    std::vector<ValueId> out(1 + results[0].last.size(), no_value), parts;
    if (l.wants_sequence) {
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

}  // namespace tinsmith
