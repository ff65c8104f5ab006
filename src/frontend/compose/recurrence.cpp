#include "frontend/compose/recurrence.hpp"

#include <algorithm>
#include <numeric>

namespace tinsmith {

namespace {

int64_t steps_of(const Compose& m, const Recurrence& r) { return m.shape(r.x[0])[r.time_axis]; }

ValueId where(Compose& m, ValueId condition, ValueId yes, ValueId no) { return m.b.add(op::Where, {condition, yes, no}); }

// Which sequences of the batch are alive at step t; no_value: all.
ValueId alive_at(Compose& m, const Recurrence& r, int64_t t) {
    if (r.lengths == no_value) return no_value;
    if (m.b.graph.is_constant(r.lengths)) {
        const Ints lengths = m.b.graph.constant_ints(r.lengths);
        if (std::all_of(lengths.begin(), lengths.end(), [&](int64_t n) { return t < n; })) return no_value;
    }
    return m.b.add(op::Less, {m.b.ints({static_cast<int32_t>(t)}, {1}), r.lengths});
}

// Whether step t counts, as it broadcasts over a state.
ValueId counts_at(Compose& m, const Recurrence& r, int64_t t) {
    const ValueId now = m.slice(r.mask, 1, t, t + 1);
    const int64_t batch = m.shape(now)[0];
    return m.reshape(now, r.time_axis == 0 ? Shape{1, batch, 1} : Shape{batch, 1, 1});
}

// The output of a step that may not count.
ValueId masked_output(Compose& m, const Recurrence& r, ValueId counts, ValueId h, ValueId before) {
    return where(m, counts, h, r.zero_masked || before == no_value ? m.number(0, h) : before);
}

}  // namespace

RecurrenceResult unroll(Compose& m, const Recurrence& r) {
    constexpr int64_t most = 4096;
    const int64_t steps = steps_of(m, r);
    supported(steps >= 1 && steps <= most, "a recurrent layer over {} steps is not written step by step; try --rnn loop",
              steps);
    std::vector<std::vector<ValueId>> x;
    for (ValueId sequence : r.x) x.push_back(m.split(sequence, r.time_axis, Ints(static_cast<size_t>(steps), 1)));
    RecurrenceResult result{no_value, r.initial, no_value};
    std::vector<ValueId> sequence(static_cast<size_t>(steps));
    // From a state of zeros on, the last output that counted is the state.
    const bool output_is_state = !r.zero_masked && is_zero(m.b.graph, r.initial[0]);
    for (int64_t i = 0; i < steps; ++i) {
        const size_t t = static_cast<size_t>(r.backwards ? steps - 1 - i : i);
        std::vector<ValueId> now;
        for (const auto& pieces : x) now.push_back(pieces[t]);
        std::vector<ValueId> next = r.cell.step(m, now, result.last);
        sequence[t] = next[0];
        if (r.mask != no_value) {
            const ValueId counts = counts_at(m, r, static_cast<int64_t>(t));
            const ValueId h = next[0];
            for (size_t s = 0; s < next.size(); ++s) next[s] = where(m, counts, next[s], result.last[s]);
            sequence[t] = output_is_state ? next[0] : masked_output(m, r, counts, h, result.output);
        }
        result.output = sequence[t];
        if (const ValueId alive = alive_at(m, r, static_cast<int64_t>(t)); alive != no_value) {
            sequence[t] = where(m, alive, next[0], m.number(0, next[0]));
            for (size_t s = 0; s < next.size(); ++s) next[s] = where(m, alive, next[s], result.last[s]);
            result.output = sequence[t];
        }
        result.last = std::move(next);
    }
    if (r.wants_sequence) result.sequence = m.concat(std::move(sequence), r.time_axis);
    return result;
}

bool can_loop(const Graph& graph, const Recurrence& r) {
    auto fixed = [&](ValueId id) { return id == no_value || graph.is_constant(id); };
    return r.mask == no_value && fixed(r.lengths) && std::all_of(r.cell.operands.begin(), r.cell.operands.end(), fixed);
}

namespace {

// Adds the state of the loop as inputs of a sub-graph.
std::vector<ValueId> take_state(Graph& graph, const Graph& outer, const std::vector<ValueId>& state) {
    std::vector<ValueId> inputs;
    for (size_t i = 0; i < state.size(); ++i) {
        const std::string name = fmt::format("state{}", i);
        inputs.push_back(graph.add_value(name, outer.type(state[i])));
        graph.inputs.push_back({name, inputs.back(), {}});
    }
    return inputs;
}

Graph loop_condition(const Graph& outer, const std::vector<ValueId>& state, int32_t steps) {
    Graph graph;
    graph.name = "more_steps";
    const auto inputs = take_state(graph, outer, state);
    Builder b(graph);
    graph.outputs.push_back({"more", b.add(op::Less, {inputs[0], b.ints({steps}, {1})}), {}});
    return graph;
}

// State: the step i32[1], the states of the cell, the sequence so far if it is wanted, the projected inputs.
Graph loop_body(const Graph& outer, const Recurrence& r, const std::vector<ValueId>& state, int32_t steps) {
    Graph graph;
    graph.name = "step";
    const auto inputs = take_state(graph, outer, state);
    Builder b(graph);
    Compose m{b};
    Cell cell = r.cell;
    for (ValueId& id : cell.operands)
        if (id != no_value) id = graph.add_constant(outer.value(id).name, outer.type(id), *outer.value(id).data);
    const size_t states = cell.states(), sequence_at = 1 + states, x_at = sequence_at + (r.wants_sequence ? 1 : 0);
    const ValueId t = r.backwards ? b.add(op::Sub, {b.ints({steps - 1}, {1}), inputs[0]}) : inputs[0];
    std::vector<ValueId> now, before(inputs.begin() + 1, inputs.begin() + 1 + static_cast<int64_t>(states));
    for (size_t i = x_at; i < inputs.size(); ++i) now.push_back(b.add(op::Gather, {inputs[i], t}, {{"axis", r.time_axis}}));
    std::vector<ValueId> next = cell.step(m, now, before);
    ValueId shown = next[0];
    if (r.lengths != no_value) {
        const Value& lengths = outer.value(r.lengths);
        const ValueId alive = b.add(op::Less, {t, graph.add_constant(lengths.name, lengths.type, *lengths.data)});
        shown = where(m, alive, next[0], m.number(0, next[0]));
        for (size_t s = 0; s < states; ++s) next[s] = where(m, alive, next[s], before[s]);
    }
    std::vector<ValueId> outputs{b.add(op::Add, {inputs[0], b.ints({1}, {1})})};
    outputs.insert(outputs.end(), next.begin(), next.end());
    if (r.wants_sequence) {
        std::vector<int32_t> times(static_cast<size_t>(steps));
        std::iota(times.begin(), times.end(), 0);
        Shape along{1, 1, 1};
        along[r.time_axis] = steps;
        const ValueId here = b.add(op::Equal, {b.ints(std::move(times), along), t});
        outputs.push_back(where(m, here, shown, inputs[sequence_at]));
    }
    outputs.insert(outputs.end(), inputs.begin() + static_cast<int64_t>(x_at), inputs.end());
    for (size_t i = 0; i < outputs.size(); ++i) graph.outputs.push_back({fmt::format("next{}", i), outputs[i], {}});
    return graph;
}

}  // namespace

RecurrenceResult loop(Compose& m, const Recurrence& r) {
    const int64_t steps = steps_of(m, r);
    supported(steps >= 1 && steps <= (1 << 20), "a sequence of {} steps", steps);
    std::vector<ValueId> state{m.b.ints({0}, {1})};
    state.insert(state.end(), r.initial.begin(), r.initial.end());
    if (r.wants_sequence) {
        Shape whole = m.shape(r.initial[0]);
        whole[r.time_axis] = steps;
        state.push_back(m.b.splat(0, {m.dtype(r.initial[0]), whole, {}}));
    }
    state.insert(state.end(), r.x.begin(), r.x.end());
    const int32_t count = static_cast<int32_t>(steps);
    auto cond = std::make_shared<const Graph>(loop_condition(m.b.graph, state, count));
    auto body = std::make_shared<const Graph>(loop_body(m.b.graph, r, state, count));
    const auto out = m.b.add_all(op::While, state, {{"cond", GraphRef(cond)}, {"body", GraphRef(body)}});
    const auto first = out.begin() + 1, end = first + static_cast<int64_t>(r.cell.states());
    return {r.wants_sequence ? *end : no_value, {first, end}, *first};
}

}  // namespace tinsmith
