// Before: nodes and values that no output needs.
// After:  they are gone; ids are dense again, so that constants nobody reads free their memory.
// When:   always; every rewrite leaves what it replaced to this pass.
#include "pass/passes.hpp"

#include <algorithm>

namespace tinsmith {

int remove_dead_code(Graph& graph, const PassOptions&) {
    std::vector<bool> live(graph.values.size(), false);
    for (const Port& port : graph.inputs) live[port.value] = true;
    for (const Port& port : graph.outputs) live[port.value] = true;
    for (const State& state : graph.states) live[state.value] = live[state.next] = true;
    std::vector<bool> keep(graph.nodes.size(), false);
    size_t kept = 0;
    for (size_t n = graph.nodes.size(); n-- > 0;) {
        const Node& node = graph.nodes[n];
        if (std::none_of(node.outputs.begin(), node.outputs.end(), [&](ValueId id) { return live[id]; })) continue;
        keep[n] = true;
        ++kept;
        for (ValueId id : node.outputs) live[id] = true;
        for (ValueId id : node.inputs)
            if (id != no_value) live[id] = true;
    }
    int removed = static_cast<int>(graph.nodes.size() - kept);
    if (std::all_of(live.begin(), live.end(), [](bool b) { return b; })) return removed;

    std::vector<ValueId> renumbered(graph.values.size(), no_value);
    size_t next = 0;
    for (size_t id = 0; id < graph.values.size(); ++id) {
        if (!live[id]) continue;
        renumbered[id] = static_cast<ValueId>(next);
        if (next != id) graph.values[next] = std::move(graph.values[id]);
        ++next;
    }
    graph.values.resize(next);
    size_t to = 0;
    for (size_t n = 0; n < graph.nodes.size(); ++n) {
        if (!keep[n]) continue;
        if (to != n) graph.nodes[to] = std::move(graph.nodes[n]);
        Node& node = graph.nodes[to++];
        for (ValueId& id : node.inputs)
            if (id != no_value) id = renumbered[id];
        for (ValueId& id : node.outputs) id = renumbered[id];
    }
    graph.nodes.resize(to);
    for (Port& port : graph.inputs) port.value = renumbered[port.value];
    for (Port& port : graph.outputs) port.value = renumbered[port.value];
    for (State& state : graph.states) {
        state.value = renumbered[state.value];
        state.next = renumbered[state.next];
    }
    return removed;
}

}  // namespace tinsmith
