#include "frontend/reset_states.hpp"

#include "op/list.hpp"

#include <algorithm>

namespace tinsmith {

static bool is_read(const Graph& graph, ValueId id) {
    const auto reads = [&](const Node& node) { return std::count(node.inputs.begin(), node.inputs.end(), id) > 0; };
    const auto shows = [&](const Port& port) { return port.value == id; };
    return std::any_of(graph.nodes.begin(), graph.nodes.end(), reads) ||
           std::any_of(graph.outputs.begin(), graph.outputs.end(), shows);
}

void reset_states(Graph& graph) {
    for (State& state : graph.states) graph.values[state.value].data = std::move(state.initial);
    graph.states.clear();
    for (Node& node : graph.nodes) {
        if ((!node.is(op::LSTM) && !node.is(op::RNN)) || !node.flag("states")) continue;
        if (std::any_of(node.outputs.begin() + 1, node.outputs.end(), [&](ValueId id) { return is_read(graph, id); })) continue;
        node.attrs.set("states", false);
        node.outputs.resize(1);
    }
}

}  // namespace tinsmith
