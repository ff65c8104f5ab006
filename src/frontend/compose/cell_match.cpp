#include "frontend/compose/cell_match.hpp"

#include "op/list.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

using Pair = std::pair<ValueId, ValueId>;

// Both orders of an operator whose operands may be swapped.
std::vector<Pair> both_orders(const Producers& made, ValueId id, const OpDef& op) {
    const auto operands = made.operands(id, op);
    if (!operands) return {};
    return {*operands, {operands->second, operands->first}};
}

ValueId operand_of(const Producers& made, ValueId id, const OpDef& op) {
    const Node* node = made.of(id, op);
    return node ? node->inputs[0] : no_value;
}

// The gate whose sums are `id`: a product of `multiplied` (no_value: of none; it may be folded away where `may_lack`) and one of x.
std::optional<Gate> gate_of(const Producers& made, ValueId id, const StepStates& state, ValueId multiplied, bool may_lack) {
    const Graph& graph = made.graph();
    if (id == no_value || graph.type(id).shape != graph.type(state.after).shape) return std::nullopt;
    auto sums = affine(made, id, 0, graph.type(id).shape[1]);
    if (!sums) return std::nullopt;
    Gate out;
    out.constant = std::move(sums->constant);
    for (Product& product : sums->products) {
        Product& to = product.input == multiplied ? out.of_hidden : out.of_x;
        if (to.weights != no_value) return std::nullopt;
        to = std::move(product);
    }
    if (out.of_x.weights == no_value || (out.of_hidden.weights == no_value && !may_lack)) return std::nullopt;
    return out;
}

std::optional<Gate> gate_of(const Producers& made, ValueId id, const StepStates& state) {
    return gate_of(made, id, state, state.before, state.from_zero);
}

// All gates read the same x, which is no state.
std::optional<CellMatch> with_gates(CellMatch match, std::vector<std::optional<Gate>> gates) {
    for (std::optional<Gate>& gate : gates) {
        if (!gate || (match.x != no_value && gate->of_x.input != match.x)) return std::nullopt;
        match.x = gate->of_x.input;
        match.gates.push_back(std::move(*gate));
    }
    return match;
}

// The operand of an activation that recurrent layers take, and its name.
std::pair<ValueId, const char*> activated(const Producers& made, ValueId id) {
    if (const ValueId x = operand_of(made, id, op::Tanh); x != no_value) return {x, "Tanh"};
    if (const ValueId x = operand_of(made, id, op::Relu); x != no_value) return {x, "Relu"};
    return {no_value, ""};
}

bool is_one(const Graph& graph, ValueId id) {
    if (!graph.is_constant(id) || graph.type(id).dtype != DType::f32 || graph.type(id).elements() != 1) return false;
    return graph.constant_floats(id)[0] == 1;
}

// W x + r (U h + b): the reset gate is applied last.
std::optional<CellMatch> reset_last(const Producers& made, ValueId sums, std::optional<Gate> update, const StepStates& hidden) {
    for (const auto& [of_x, product] : both_orders(made, sums, op::Add))
        for (const auto& [r, of_hidden] : both_orders(made, product, op::Mul)) {
            const ValueId reset = operand_of(made, r, op::Sigmoid);
            if (reset == no_value) continue;
            auto candidate = gate_of(made, of_x, hidden, no_value, true);
            const auto inner = affine(made, of_hidden, 0, made.graph().type(hidden.after).shape[1]);
            if (!candidate || !inner || inner->products.size() > 1) continue;
            if (made.graph().type(of_hidden).shape.back() != made.graph().type(hidden.after).shape[1]) continue;
            if (inner->products.empty() ? !hidden.from_zero : inner->products[0].input != hidden.before) continue;
            if (!inner->products.empty())
                candidate->of_hidden = inner->products[0];
            else
                candidate->of_hidden.bias = inner->constant;
            CellMatch match;
            match.kind = Cell::Kind::gru;
            match.resets_last = true;
            return with_gates(std::move(match), {update, gate_of(made, reset, hidden), std::move(candidate)});
        }
    return std::nullopt;
}

// W x + U (r h): the reset gate is applied first. The product is there in a first step too, as r is computed.
std::optional<CellMatch> reset_first(const Producers& made, ValueId sums, std::optional<Gate> update,
                                     const StepStates& hidden) {
    const auto terms = affine(made, sums, 0, made.graph().type(hidden.after).shape[1]);
    if (!terms) return std::nullopt;
    for (const Product& product : terms->products)
        for (const auto& [r, h] : both_orders(made, product.input, op::Mul)) {
            const ValueId reset = operand_of(made, r, op::Sigmoid);
            if (h != hidden.before || reset == no_value) continue;
            CellMatch match;
            match.kind = Cell::Kind::gru;
            return with_gates(std::move(match),
                              {update, gate_of(made, reset, hidden), gate_of(made, sums, hidden, product.input, false)});
        }
    return std::nullopt;
}

// sigmoid(gate) times `other` (no_value: anything); the gate's sums and the other operand.
std::optional<Pair> gated(const Producers& made, ValueId id, const OpDef& other, ValueId inside) {
    for (const auto& [s, rest] : both_orders(made, id, op::Mul)) {
        const ValueId gate = operand_of(made, s, op::Sigmoid), x = operand_of(made, rest, other);
        if (gate != no_value && x != no_value && (inside == no_value || inside == x)) return Pair{gate, x};
    }
    return std::nullopt;
}

// sigmoid(gate) times c itself; the gate's sums.
ValueId forgets(const Producers& made, ValueId id, ValueId c) {
    for (const auto& [s, rest] : both_orders(made, id, op::Mul))
        if (rest == c) return operand_of(made, s, op::Sigmoid);
    return no_value;
}

// What a gate adds that is not multiplied.
double total_bias(const Gate& gate, size_t i, bool with_hidden) {
    const bool has = with_hidden && i < gate.of_hidden.bias.size();
    return gate.of_x.bias[i] + gate.constant[i] + (has ? gate.of_hidden.bias[i] : 0);
}

bool is_same_gate(const Graph& graph, const Gate& a, const Gate& b, bool biases_apart) {
    const bool folded = a.of_hidden.weights == no_value || b.of_hidden.weights == no_value;
    if (!is_same_product(graph, a.of_x, b.of_x) || (!folded && !is_same_product(graph, a.of_hidden, b.of_hidden))) return false;
    if (a.constant.size() != b.constant.size()) return false;
    for (size_t i = 0; i < a.constant.size(); ++i)
        if (total_bias(a, i, !biases_apart) != total_bias(b, i, !biases_apart)) return false;
    return !biases_apart || a.of_hidden.bias == b.of_hidden.bias;
}

}  // namespace

std::optional<CellMatch> match_lstm(const Producers& made, const StepStates& hidden, const StepStates& cell) {
    const auto output = gated(made, hidden.after, op::Tanh, cell.after);
    if (!output) return std::nullopt;
    for (const auto& [kept, fresh] : both_orders(made, cell.after, op::Add)) {
        const ValueId forget = forgets(made, kept, cell.before);
        const auto update = gated(made, fresh, op::Tanh, no_value);
        if (forget == no_value || !update) continue;
        CellMatch match;
        match.kind = Cell::Kind::lstm;
        match.activation = "Tanh";
        return with_gates(std::move(match), {gate_of(made, update->first, hidden), gate_of(made, output->first, hidden),
                                             gate_of(made, forget, hidden), gate_of(made, update->second, hidden)});
    }
    return std::nullopt;
}

std::optional<CellMatch> match_gru(const Producers& made, const StepStates& hidden) {
    for (const auto& [kept, fresh] : both_orders(made, hidden.after, op::Add))
        for (const auto& [z, h] : both_orders(made, kept, op::Mul))
            for (const auto& [rest, n] : both_orders(made, fresh, op::Mul)) {
                const auto complement = made.operands(rest, op::Sub);
                const auto [sums, name] = activated(made, n);
                const bool fits = h == hidden.before && sums != no_value && complement &&
                                  is_one(made.graph(), complement->first) && complement->second == z;
                if (!fits) continue;
                auto update = gate_of(made, operand_of(made, z, op::Sigmoid), hidden);
                auto match = reset_last(made, sums, update, hidden);
                if (!match) match = reset_first(made, sums, std::move(update), hidden);
                if (match) match->activation = name;
                return match;
            }
    return std::nullopt;
}

std::optional<CellMatch> match_rnn(const Producers& made, const StepStates& hidden) {
    const auto [sums, name] = activated(made, hidden.after);
    CellMatch match;
    match.activation = name;
    return with_gates(std::move(match), {gate_of(made, sums, hidden)});
}

bool is_same_cell(const Graph& graph, const CellMatch& a, const CellMatch& b) {
    if (a.kind != b.kind || a.activation != b.activation || a.resets_last != b.resets_last) return false;
    for (size_t i = 0; i < a.gates.size(); ++i)
        if (!is_same_gate(graph, a.gates[i], b.gates[i], a.resets_last && i == 2)) return false;
    return true;
}

}  // namespace tinsmith
