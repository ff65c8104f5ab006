#include "ir/rewrite.hpp"

#include <cassert>

namespace tinsmith {

namespace {
constexpr uint32_t no_node = UINT32_MAX;
}

Rewriter::Rewriter(Graph& g) : Builder(g), alias_(g.values.size(), no_value), uses_(g.values.size()), output_(g.values.size()) {
    for (const Node& node : g.nodes)
        for (ValueId id : node.inputs)
            if (id != no_value) ++uses_[id];
    for (const Port& port : g.outputs) {
        ++uses_[port.value];
        output_[port.value] = true;
    }
    for (const State& state : g.states) {
        ++uses_[state.next];
        output_[state.next] = true;
    }
}

ValueId Rewriter::resolve(ValueId value) const {
    while (value != no_value && value < alias_.size() && alias_[value] != no_value) value = alias_[value];
    return value;
}

// Nodes are added through Builder, which knows nothing of uses: their operands are counted when somebody asks.
void Rewriter::note_added_nodes() const {
    producer_.resize(graph.values.size(), no_node);
    uses_.resize(graph.values.size(), 0);
    output_.resize(graph.values.size(), false);
    for (; noted_ < graph.nodes.size(); ++noted_) {
        for (ValueId id : graph.nodes[noted_].outputs) producer_[id] = static_cast<uint32_t>(noted_);
        for (ValueId id : graph.nodes[noted_].inputs)
            if (id != no_value) ++uses_[id];
    }
}

void Rewriter::drop(const Node& node) {
    note_added_nodes();
    for (ValueId id : node.inputs)
        if (id != no_value) --uses_[id];
}

void Rewriter::keep(Node node) {
    note_added_nodes();
    for (ValueId id : node.outputs) producer_[id] = static_cast<uint32_t>(graph.nodes.size());
    graph.nodes.push_back(std::move(node));
    ++noted_;  // its operands were counted at the start
}

const Node* Rewriter::producer(ValueId value) const {
    if (value == no_value) return nullptr;
    note_added_nodes();
    return producer_[value] == no_node ? nullptr : &graph.nodes[producer_[value]];
}

const Node* Rewriter::producer(ValueId value, const OpDef& op) const {
    const Node* node = producer(value);
    return node && node->op == &op ? node : nullptr;
}

const Node* Rewriter::only_producer(ValueId value, const OpDef& op) const {
    const Node* node = producer(value, op);
    return node && uses(value) == 1 ? node : nullptr;
}

int Rewriter::uses(ValueId value) const {
    note_added_nodes();
    return uses_[value];
}

bool Rewriter::is_graph_output(ValueId value) const {
    note_added_nodes();
    return output_[value];
}

void Rewriter::replace(ValueId value, ValueId with) {
    note_added_nodes();
    value = resolve(value);
    with = resolve(with);
    if (value == with) return;
    alias_.resize(graph.values.size(), no_value);
    alias_[value] = with;
    uses_[with] += uses_[value];
    if (output_[value]) output_[with] = true;
    // The source's name for the tensor stays with what now computes it.
    Value& target = graph.values[with];
    if (target.name.empty()) target.name = graph.values[value].name;
}

int rewrite(Graph& graph, const std::function<bool(Rewriter&, const Node&)>& rule) {
    Rewriter rewriter(graph);
    std::vector<Node> old = std::move(graph.nodes);
    graph.nodes.clear();
    graph.nodes.reserve(old.size());
    int changed = 0;
    for (Node& node : old) {
        for (ValueId& id : node.inputs) id = rewriter.resolve(id);
        rewriter.origin = node.origin;
        if (rule(rewriter, node)) {
            rewriter.drop(node);
            ++changed;
        } else {
            rewriter.keep(std::move(node));
        }
    }
    for (Port& port : graph.outputs) port.value = rewriter.resolve(port.value);
    for (State& state : graph.states) state.next = rewriter.resolve(state.next);
    return changed;
}

}  // namespace tinsmith
