// Before: an input that takes (pixel - mean) / deviation of each channel
// After:  an input that takes pixels, read through a Mul and an Add
// When:   --fold-normalize, on the graph as it was read. The passes that follow fold both into the first layer where that is exact:
//         the Mul always, the Add where the layer has no padding (fold_scale_into_next).
#include "pass/fold_normalize.hpp"

#include "ir/builder.hpp"
#include "op/list.hpp"

#include <algorithm>

namespace tinsmith {

void fold_normalize(Graph& graph, size_t input, int64_t channel_axis, std::span<const double> mean,
                    std::span<const double> deviation) {
    const ValueId old = graph.inputs[input].value;
    const Type type = graph.type(old);
    Shape broadcast;  // one number for all is a scalar, which no change of layout has to look at
    if (mean.size() > 1) broadcast.assign(type.shape.size(), 1);
    if (mean.size() > 1) broadcast[static_cast<size_t>(channel_axis)] = static_cast<int64_t>(mean.size());
    std::vector<float> scale, offset;
    for (size_t c = 0; c < mean.size(); ++c) {
        scale.push_back(static_cast<float>(1 / deviation[c]));
        offset.push_back(static_cast<float>(-mean[c] / deviation[c]));
    }
    std::vector<Node> nodes = std::exchange(graph.nodes, {});
    Builder b(graph);
    b.origin = graph.inputs[input].name;
    const ValueId pixels = graph.add_value(std::exchange(graph.values[old].name, ""), type);
    const ValueId scaled = b.add(op::Mul, {pixels, b.floats(std::move(scale), broadcast)});
    const ValueId normalised = b.add(op::Add, {scaled, b.floats(std::move(offset), broadcast)}, {}, b.origin + "_normalised");
    graph.inputs[input].value = pixels;
    for (Node& node : nodes) {
        std::replace(node.inputs.begin(), node.inputs.end(), old, normalised);
        graph.nodes.push_back(std::move(node));
    }
    for (Port& port : graph.outputs)
        if (port.value == old) port.value = normalised;
}

}  // namespace tinsmith
