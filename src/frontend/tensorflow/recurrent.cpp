#include "frontend/tensorflow/recurrent.hpp"

#include "frontend/compose/cell_match.hpp"
#include "frontend/compose/recurrent.hpp"
#include "frontend/compose/stack.hpp"

#include <algorithm>
#include <unordered_map>

namespace tinsmith::tensorflow {

namespace {

using States = std::vector<std::vector<Operand>>;

// The layer that all steps of a loop are, and where it keeps its states.
struct Found {
    CellMatch cell;
    size_t hidden = 0, cell_state = 0;  // slots of the states
    std::vector<ValueId> x;             // by step
};

class Finder {
public:
    Finder(const Graph& graph, size_t first, const States& states) : graph_(graph), made_(graph, first), states_(states) {}

    std::optional<Found> find() const {
        const size_t slots = states_.front().size();
        for (size_t hidden = 0; hidden < slots; ++hidden)
            for (size_t cell = 0; cell < slots; ++cell) {
                const auto last = step(states_.size() - 1, hidden, cell);
                if (last) return all_steps(*last, hidden, cell);
            }
        return std::nullopt;
    }

private:
    ValueId state(size_t after, size_t slot) const {
        const ValueId* id = std::get_if<ValueId>(&states_[after][slot]);
        return id ? *id : no_value;
    }

    std::optional<StepStates> around(size_t after, size_t slot) const {
        const StepStates out{state(after - 1, slot), state(after, slot), false};
        if (out.before == no_value || out.after == no_value || graph_.type(out.before) != graph_.type(out.after))
            return std::nullopt;
        if (graph_.type(out.after).rank() != 2 || graph_.type(out.after).dtype != DType::f32) return std::nullopt;
        return StepStates{out.before, out.after, after == 1 && is_zero(graph_, out.before)};
    }

    // The step that makes states_[after]; a layer without a cell state has it in no other slot than its own.
    std::optional<CellMatch> step(size_t after, size_t hidden, size_t cell) const {
        const auto h = around(after, hidden);
        if (!h) return std::nullopt;
        if (cell != hidden) {
            const auto c = around(after, cell);
            return c && graph_.type(c->after) == graph_.type(h->after) ? match_lstm(made_, *h, *c) : std::nullopt;
        }
        auto gru = match_gru(made_, *h);
        return gru ? std::move(gru) : match_rnn(made_, *h);
    }

    std::optional<Found> all_steps(const CellMatch& last, size_t hidden, size_t cell) const {
        Found out{last, hidden, cell, {}};
        for (size_t after = 1; after < states_.size(); ++after) {
            const auto now = step(after, hidden, cell);
            if (!now || !is_same_cell(graph_, *now, last)) return std::nullopt;
            out.x.push_back(now->x);
        }
        return out;
    }

    const Graph& graph_;
    Producers made_;
    const States& states_;
};

// The list whose items are exactly `items`, and that is the rows of one tensor.
ValueId rows_of(const States& states, const std::vector<ValueId>& items) {
    for (const Operand& operand : states.front())
        if (const ListRef* list = std::get_if<ListRef>(&operand); list && (*list)->whole != no_value && (*list)->items == items)
            return (*list)->whole;
    return no_value;
}

// The weights of all gates, [1, gates * hidden, ...].
ValueId weights(Compose& m, const Found& found, Product Gate::*of, int64_t hidden) {
    std::vector<ValueId> parts;
    for (const Gate& gate : found.cell.gates) {
        const Product& product = gate.*of;
        const ValueId rows = m.slice(product.weights, 0, product.from, product.from + hidden);
        parts.push_back(m.slice(rows, 1, product.column, product.column + m.shape(product.input)[1]));
    }
    const ValueId all = m.concat(std::move(parts), 0);
    return m.reshape(all, {1, m.shape(all)[0], m.shape(all)[1]});
}

// The biases of both products, [1, 2 * gates * hidden]; no_value where all are zero.
ValueId biases(Compose& m, const Found& found) {
    std::vector<float> of_x, of_hidden;
    for (const Gate& gate : found.cell.gates)
        for (size_t i = 0; i < gate.constant.size(); ++i) {
            of_x.push_back(static_cast<float>(gate.of_x.bias[i] + gate.constant[i]));
            of_hidden.push_back(static_cast<float>(gate.of_hidden.bias[i]));
        }
    of_x.insert(of_x.end(), of_hidden.begin(), of_hidden.end());
    if (std::all_of(of_x.begin(), of_x.end(), [](float value) { return value == 0; })) return no_value;
    const auto size = static_cast<int64_t>(of_x.size());
    return m.b.floats(std::move(of_x), {1, size});
}

std::vector<CellActivation> activations(const CellMatch& cell) {
    std::vector<CellActivation> out;
    if (cell.kind != Cell::Kind::rnn) out.push_back(cell_activation("Sigmoid", std::nullopt, std::nullopt));
    out.push_back(cell_activation(cell.activation, std::nullopt, std::nullopt));
    if (cell.kind == Cell::Kind::lstm) out.push_back(out.back());
    return out;
}

// Where x was turned for the loop's sake, the layer takes it as it was.
const tinsmith::Node* turn_of(const Graph& graph, ValueId x) {
    for (const tinsmith::Node& node : graph.nodes)
        if (node.is(op::Transpose) && node.outputs[0] == x && node.ints("perm") == Ints{1, 0, 2}) return &node;
    return nullptr;
}

struct Results {
    ValueId sequence = no_value;  // [time, batch, hidden]
    std::vector<ValueId> last;    // each [batch, hidden]; a cell state only where it was computed
};

Results compose(Compose& m, const Found& found, ValueId x, const std::vector<Operand>& initial, bool wants_sequence,
                bool unroll) {
    const ValueId before = std::get<ValueId>(initial[found.hidden]);
    const Shape state = m.shape(before);
    const tinsmith::Node* turn = turn_of(m.b.graph, x);
    RecurrentLayer layer;
    layer.kind = found.cell.kind;
    layer.time_axis = turn ? 1 : 0;
    layer.time = std::ssize(found.x);
    layer.batch = state[0];
    layer.hidden = state[1];
    layer.x = turn ? turn->inputs[0] : x;
    layer.weights = weights(m, found, &Gate::of_x, layer.hidden);
    layer.recurrent = weights(m, found, &Gate::of_hidden, layer.hidden);
    layer.biases = biases(m, found);
    layer.activations = activations(found.cell);
    layer.linear_before_reset = found.cell.resets_last;
    layer.wants_sequence = wants_sequence;
    layer.wants_cell = false;
    auto stated = [&](size_t slot) {
        return m.reshape(std::get<ValueId>(initial[slot]), turn ? Shape{state[0], 1, state[1]} : Shape{1, state[0], state[1]});
    };
    layer.initial_hidden = stated(found.hidden);
    if (layer.kind == Cell::Kind::lstm) layer.initial_cell = stated(found.cell_state);
    std::vector<ValueId> out = recurrent(m, layer, unroll);
    Results results;
    if (wants_sequence) {
        const int64_t outer = turn ? layer.batch : layer.time, inner = turn ? layer.time : layer.batch;
        results.sequence = m.reshape(out[0], {outer, inner, layer.hidden});
        if (turn) results.sequence = m.transpose(results.sequence, {1, 0, 2});
    }
    for (size_t i = 1; i < out.size(); ++i) results.last.push_back(m.reshape(out[i], state));
    return results;
}

// Whether an earlier state than the last is a result.
bool shows_earlier(const std::vector<Operand>& results, const std::vector<ValueId>& hidden) {
    const auto is_earlier = [&](ValueId id) { return std::find(hidden.begin(), hidden.end() - 1, id) != hidden.end() - 1; };
    for (const Operand& operand : results) {
        if (const ValueId* id = std::get_if<ValueId>(&operand); id && is_earlier(*id)) return true;
        const ListRef* list = std::get_if<ListRef>(&operand);
        if (list && std::any_of((*list)->items.begin(), (*list)->items.end(), is_earlier)) return true;
    }
    return false;
}

}  // namespace

void recognise_recurrent(Builder& b, size_t first, bool unroll, States& states) {
    if (states.size() < 3) return;
    const auto found = Finder(b.graph, first, states).find();
    if (!found) return;
    const ValueId x = rows_of(states, found->x);
    if (x == no_value || b.type(x).rank() != 3) return;
    std::vector<ValueId> hidden;
    for (size_t after = 1; after < states.size(); ++after) hidden.push_back(std::get<ValueId>(states[after][found->hidden]));
    Compose m{b};
    const Results made = compose(m, *found, x, states.front(), shows_earlier(states.back(), hidden), unroll);
    std::unordered_map<ValueId, ValueId> shown{{hidden.back(), made.last[0]}};  // a state of a step -> the same of the layer
    if (made.last.size() > 1) shown[std::get<ValueId>(states.back()[found->cell_state])] = made.last[1];
    auto replaced = [&](ValueId id) {
        const auto step = std::find(hidden.begin(), hidden.end(), id);
        if (step == hidden.end() && !shown.contains(id)) return id;
        auto [to, added] = shown.try_emplace(id);
        if (added) to->second = take_step(b, made.sequence, 0, step - hidden.begin());
        return to->second;
    };
    for (Operand& operand : states.back()) {
        if (ValueId* id = std::get_if<ValueId>(&operand)) *id = replaced(*id);
        const ListRef* list = std::get_if<ListRef>(&operand);
        if (!list) continue;
        List with = **list;
        if (with.items == hidden) with.whole = made.sequence;
        for (ValueId& item : with.items) item = replaced(item);
        operand = std::make_shared<const List>(std::move(with));
    }
}

}  // namespace tinsmith::tensorflow
