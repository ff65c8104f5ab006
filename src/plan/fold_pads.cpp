#include "plan/fold_pads.hpp"

#include "op/list.hpp"
#include "op/pad.hpp"

#include <algorithm>

namespace tinsmith {

static bool pads_with_zeros(const Graph& graph, const Node& node, DTypes types) {
    if (!node.is(op::Pad) || node.real("value") != 0) return false;
    const Type &x = graph.type(node.inputs[0]), &y = graph.type(node.outputs[0]);
    return (dtype_bit(y.dtype) & types) != 0 && x.quant == y.quant;
}

void fold_pads(Graph& graph, DTypes types) {
    constexpr size_t none = SIZE_MAX;
    std::vector<size_t> pad_of(graph.values.size(), none), readers(graph.values.size(), 0);
    for (const Port& port : graph.outputs) ++readers[port.value];
    for (const State& state : graph.states) ++readers[state.next];
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
        Node& node = graph.nodes[i];
        const bool convolves = node.is(op::Conv) || node.is(op::DepthwiseConv) || node.is(op::Conv3D);
        while (convolves && pad_of[node.inputs[0]] != none) {
            const Node& pad = graph.nodes[pad_of[node.inputs[0]]];
            const auto pads = joined_pads(pad, node.ints("pads"));
            if (!pads) break;
            node.inputs[0] = pad.inputs[0];
            node.attrs.set("pads", *pads);
        }
        if (pads_with_zeros(graph, node, types)) pad_of[node.outputs[0]] = i;
        for (ValueId id : node.inputs)
            if (id != no_value) ++readers[id];
    }
    std::erase_if(graph.nodes, [&](const Node& node) { return node.is(op::Pad) && readers[node.outputs[0]] == 0; });
}

}  // namespace tinsmith
