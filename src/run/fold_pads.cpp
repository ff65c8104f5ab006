#include "run/fold_pads.hpp"

#include "op/list.hpp"
#include "op/pad.hpp"

#include <algorithm>

namespace tinsmith {

void fold_pads(Graph& graph) {
    constexpr size_t none = SIZE_MAX;
    std::vector<size_t> pad_of(graph.values.size(), none), readers(graph.values.size(), 0);
    for (const Port& port : graph.outputs) ++readers[port.value];
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
        Node& node = graph.nodes[i];
        const bool convolves = node.is(op::Conv) || node.is(op::DepthwiseConv) || node.is(op::Conv3D);
        if (convolves && pad_of[node.inputs[0]] != none) {
            const Node& pad = graph.nodes[pad_of[node.inputs[0]]];
            if (const auto pads = joined_pads(pad, node.ints("pads"))) {
                node.inputs[0] = pad.inputs[0];
                node.attrs.set("pads", *pads);
            }
        }
        if (node.is(op::Pad) && node.real("value") == 0 && graph.type(node.outputs[0]).dtype == DType::f32)
            pad_of[node.outputs[0]] = i;
        for (ValueId id : node.inputs)
            if (id != no_value) ++readers[id];
    }
    std::erase_if(graph.nodes, [&](const Node& node) { return node.is(op::Pad) && readers[node.outputs[0]] == 0; });
}

}  // namespace tinsmith
