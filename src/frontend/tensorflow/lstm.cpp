#include "frontend/tensorflow/lstm.hpp"

#include "frontend/compose/stack.hpp"

#include <algorithm>
#include <unordered_map>

namespace tinsmith::tensorflow {

namespace {

using States = std::vector<std::vector<Operand>>;

// What one step is made of; no_value where it is not there.
struct Step {
    ValueId x = no_value, weights = no_value, recurrent = no_value, bias = no_value;
};

class Matcher {
public:
    Matcher(Builder& b, size_t first, const States& states) : b_(b), states_(states) {
        for (size_t i = first; i < b.graph.nodes.size(); ++i)
            for (ValueId id : b.graph.nodes[i].outputs) producer_[id] = i;
    }

    // The two slots of the states, where every step is that of an LSTM.
    bool find() {
        const size_t slots = states_.front().size();
        for (h_ = 0; h_ < slots; ++h_)
            for (c_ = 0; c_ < slots; ++c_)
                if (c_ != h_ && starts_from_zero(h_) && starts_from_zero(c_) && step(1)) return all_steps();
        return false;
    }

    size_t h_ = 0, c_ = 0;
    std::vector<ValueId> x_;  // by step
    Step common_;

private:
    using Node = tinsmith::Node;

    const Node* node(ValueId id, const OpDef& op) const {
        auto found = producer_.find(id);
        if (found == producer_.end()) return nullptr;
        const tinsmith::Node& made = b_.graph.nodes[found->second];
        return made.is(op) ? &made : nullptr;
    }
    ValueId state(size_t after, size_t slot) const {
        const ValueId* id = std::get_if<ValueId>(&states_[after][slot]);
        return id ? *id : no_value;
    }

    bool is_zero(ValueId id) const {
        if (!b_.graph.is_constant(id) || b_.type(id).dtype != DType::f32) return false;
        const std::vector<float> values = b_.graph.constant_floats(id);
        return std::all_of(values.begin(), values.end(), [](float value) { return value == 0; });
    }

    bool starts_from_zero(size_t slot) const {
        const ValueId id = state(0, slot), after = state(1, slot);
        return id != no_value && after != no_value && b_.type(id).rank() == 2 && b_.type(id) == b_.type(after) && is_zero(id);
    }

    // The operand of the node of `op` that computes `id`.
    ValueId inside(ValueId id, const OpDef& op) const {
        const Node* made = node(id, op);
        return made ? made->inputs[0] : no_value;
    }

    // Which part of the gates' sums goes through `op` into `id`; the Split itself in `split`.
    std::optional<size_t> gate(ValueId id, const OpDef& op, const Node*& split) const {
        const ValueId part = inside(id, op);
        const Node* made = part == no_value ? nullptr : node(part, op::Split);
        if (!made || (split && split != made) || made->outputs.size() != 4) return std::nullopt;
        split = made;
        return static_cast<size_t>(std::find(made->outputs.begin(), made->outputs.end(), part) - made->outputs.begin());
    }

    // `id` is sigmoid(part `number`) times `other`.
    bool is_gated(ValueId id, size_t number, ValueId other, const Node*& split) const {
        const Node* product = node(id, op::Mul);
        if (!product) return false;
        for (size_t i : {size_t{0}, size_t{1}})
            if (product->inputs[i] == other && gate(product->inputs[1 - i], op::Sigmoid, split) == number) return true;
        return false;
    }

    // `id` is sigmoid(part 0) tanh(part 2).
    bool is_update(ValueId id, const Node*& split) const {
        const Node* product = node(id, op::Mul);
        if (!product) return false;
        for (size_t i : {size_t{0}, size_t{1}})
            if (gate(product->inputs[i], op::Tanh, split) == size_t{2}) return is_gated(id, 0, product->inputs[i], split);
        return false;
    }

    void add_leaves(ValueId id, std::vector<ValueId>& leaves) const {
        const Node* sum = leaves.size() < 4 ? node(id, op::Add) : nullptr;
        if (!sum) return leaves.push_back(id);
        for (ValueId part : sum->inputs) add_leaves(part, leaves);
    }

    // The sums of the gates from the state before the step.
    std::optional<Step> sums(ValueId z, ValueId before, bool from_zero) const {
        std::vector<ValueId> leaves;
        add_leaves(z, leaves);
        Step out;
        for (ValueId leaf : leaves) {
            const Node* product = node(leaf, op::FullyConnected);
            const bool plain = product && product->inputs.size() == 2 && b_.graph.is_constant(product->inputs[1]);
            if (plain && product->inputs[0] == before && out.recurrent == no_value) {
                out.recurrent = product->inputs[1];
            } else if (plain && out.weights == no_value) {
                out.x = product->inputs[0];
                out.weights = product->inputs[1];
            } else if (b_.graph.is_constant(leaf) && b_.type(leaf).rank() == 1 && out.bias == no_value) {
                out.bias = leaf;
            } else if (!from_zero || !is_zero(leaf)) {
                return std::nullopt;
            }
        }
        if (out.weights == no_value || (out.recurrent == no_value && !from_zero)) return std::nullopt;
        return out;
    }

    // The step that makes states_[after].
    std::optional<Step> step(size_t after) const {
        const ValueId c = state(after, c_), h = state(after, h_), c_before = state(after - 1, c_);
        const Node* split = nullptr;
        const Node* product = h == no_value || c == no_value ? nullptr : node(h, op::Mul);
        if (!product) return std::nullopt;
        const ValueId shown = inside(product->inputs[0], op::Tanh) == c ? product->inputs[0] : product->inputs[1];
        if (inside(shown, op::Tanh) != c || !is_gated(h, 3, shown, split)) return std::nullopt;
        const Node* sum = node(c, op::Add);
        if (!sum) return std::nullopt;
        const bool swapped = is_update(sum->inputs[0], split);
        if (!is_update(sum->inputs[swapped ? 0 : 1], split) || !is_gated(sum->inputs[swapped ? 1 : 0], 1, c_before, split))
            return std::nullopt;
        const Shape sums_shape = b_.shape(split->inputs[0]), state_shape = b_.shape(c);
        const bool even = std::all_of(split->outputs.begin(), split->outputs.end(),
                                      [&](ValueId part) { return b_.shape(part) == state_shape; });
        if (!even || sums_shape != Shape{state_shape[0], 4 * state_shape[1]}) return std::nullopt;
        return sums(split->inputs[0], state(after - 1, h_), after == 1);
    }

    bool all_steps() {
        const size_t count = states_.size() - 1;
        if (count < 2) return false;
        common_ = step(count).value_or(Step{});
        if (common_.weights == no_value) return false;
        for (size_t after = 1; after <= count; ++after) {
            const auto now = step(after);
            const bool same = now && now->weights == common_.weights && now->bias == common_.bias &&
                              (now->recurrent == common_.recurrent || (after == 1 && now->recurrent == no_value));
            if (!same) return false;
            x_.push_back(now->x);
        }
        return true;
    }

    Builder& b_;
    const States& states_;
    std::unordered_map<ValueId, size_t> producer_;
};

// The list whose items are exactly `items`, and that is the rows of one tensor.
ValueId rows_of(const States& states, const std::vector<ValueId>& items) {
    for (const Operand& operand : states.front())
        if (const ListRef* list = std::get_if<ListRef>(&operand); list && (*list)->whole != no_value && (*list)->items == items)
            return (*list)->whole;
    return no_value;
}

std::vector<ValueId> gates(Compose& m, ValueId weights, int64_t hidden) { return m.split(weights, 0, Ints(4, hidden)); }

// x [steps, batch, features] -> [steps, batch, hidden]; where x was turned for the loop's sake, the operator takes it as it was.
ValueId sequence(Compose& m, ValueId x, const Step& step, int64_t hidden) {
    const auto& nodes = m.b.graph.nodes;
    const auto turn = std::find_if(nodes.begin(), nodes.end(), [&](const tinsmith::Node& n) {
        return n.is(op::Transpose) && n.outputs[0] == x && n.ints("perm") == Ints{1, 0, 2};
    });
    const bool turned = turn != nodes.end();
    std::vector<ValueId> operands{turned ? turn->inputs[0] : x};
    for (ValueId weights : {step.weights, step.recurrent})
        for (ValueId gate : gates(m, weights, hidden)) operands.push_back(gate);
    operands.insert(operands.end(), 3, no_value);  // no peepholes
    const ValueId bias = step.bias == no_value ? m.b.splat(0, {DType::f32, {4 * hidden}, {}}) : step.bias;
    for (ValueId gate : gates(m, bias, hidden)) operands.push_back(gate);
    const ValueId y = m.b.add(op::LSTM, operands, {{"time_major", !turned}});
    return turned ? m.transpose(y, {1, 0, 2}) : y;
}

}  // namespace

void recognise_lstm(Builder& b, size_t first, States& states) {
    if (states.size() < 3) return;
    Matcher matcher(b, first, states);
    if (!matcher.find()) return;
    const ValueId x = rows_of(states, matcher.x_);
    if (x == no_value || b.type(x).rank() != 3) return;
    std::vector<ValueId> hidden;
    for (size_t after = 1; after < states.size(); ++after) hidden.push_back(std::get<ValueId>(states[after][matcher.h_]));
    Compose m{b};
    const ValueId y = sequence(m, x, matcher.common_, b.shape(hidden[0])[1]);
    std::unordered_map<ValueId, ValueId> rows;  // h of a step -> the same of the operator
    auto row = [&](ValueId id) {
        const auto step = std::find(hidden.begin(), hidden.end(), id);
        if (step == hidden.end()) return id;
        auto [found, added] = rows.try_emplace(id);
        if (added) found->second = take_step(b, y, 0, step - hidden.begin());
        return found->second;
    };
    for (Operand& operand : states.back()) {
        if (ValueId* id = std::get_if<ValueId>(&operand)) *id = row(*id);
        const ListRef* list = std::get_if<ListRef>(&operand);
        if (!list) continue;
        List replaced = **list;
        if (replaced.items == hidden) replaced.whole = y;
        for (ValueId& item : replaced.items) item = row(item);
        operand = std::make_shared<const List>(std::move(replaced));
    }
}

}  // namespace tinsmith::tensorflow
