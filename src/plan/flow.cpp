#include "plan/flow.hpp"

#include "plan/overlap.hpp"

#include <algorithm>
#include <numeric>

namespace tinsmith {

Flow::Flow(const Graph& graph, const PlanOptions& options)
    : owner(graph.values.size()),
      bytes(graph.values.size()),
      stays(graph.values.size()),
      readers(graph.values.size()),
      nodes(graph.nodes.size()) {
    std::iota(owner.begin(), owner.end(), 0u);
    const auto born = [&](ValueId id) {
        if (id == no_value || graph.is_constant(id)) return;
        bytes[id] = (graph.type(id).bytes() + options.alignment - 1) / options.alignment * options.alignment;
    };
    const auto find = [&](ValueId id) {
        born(id);
        given.push_back(id);
    };
    for (const Port& port : graph.inputs) find(port.value);
    for (const State& state : graph.states) find(state.value);
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
        const Node& node = graph.nodes[i];
        NodeFlow& flow = nodes[i];
        if (!options.scratch.empty()) flow.scratch = options.scratch[i];
        for (ValueId id : node.inputs) {
            if (id == no_value || bytes[owner[id]] == 0) continue;
            if (std::find(flow.reads.begin(), flow.reads.end(), owner[id]) == flow.reads.end()) flow.reads.push_back(owner[id]);
        }
        for (ValueId id : flow.reads) readers[id].push_back(static_cast<uint32_t>(i));
        if (const ValueId same = same_bytes(graph, node); same != no_value) {
            owner[node.outputs[0]] = owner[same];
            continue;
        }
        for (ValueId id : node.outputs) {
            born(id);
            if (id != no_value && bytes[id] != 0) flow.writes.push_back(id);
        }
        for (size_t operand = 0; operand < node.inputs.size() && flow.writes.size() == 1; ++operand) {
            const ValueId id = node.inputs[operand];
            if (id == no_value || bytes[owner[id]] == 0) continue;
            const auto distance = overlap_distance(graph, node, operand, options);
            const size_t result = bytes[flow.writes[0]];
            if (distance)
                flow.shareable.push_back(
                    {owner[id], *distance, std::min(result - std::min(*distance, result), bytes[owner[id]])});
        }
    }
    for (const Port& port : graph.outputs) stays[owner[port.value]] = true;
    for (const State& state : graph.states) stays[owner[state.value]] = stays[owner[state.next]] = true;
}

}  // namespace tinsmith
