#include "quant/softmax_masks.hpp"

#include "ir/uses.hpp"
#include "op/list.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

constexpr float hides = -50, below = 12;

bool is_mask(const Graph& graph, ValueId id) {
    if (id == no_value || !graph.is_constant(id) || graph.type(id).dtype != DType::f32) return false;
    const std::vector<float> values = graph.constant_floats(id);
    return std::any_of(values.begin(), values.end(), [](float value) { return value <= hides; });
}

// The result and those of the Reshapes behind it; empty where anything but a Softmax reads them.
std::vector<ValueId> down_to_softmax(const Graph& graph, const Uses& uses, ValueId id) {
    std::vector<ValueId> all{id};
    if (uses.readers[id].empty()) return {};
    for (uint32_t n : uses.readers[id]) {
        const Node& reader = graph.nodes[n];
        if (reader.is(op::Softmax)) continue;
        const auto more = reader.is(op::Reshape) ? down_to_softmax(graph, uses, reader.outputs[0]) : std::vector<ValueId>{};
        if (more.empty()) return {};
        all.insert(all.end(), more.begin(), more.end());
    }
    return all;
}

bool is_output(const Graph& graph, ValueId id) {
    return std::any_of(graph.outputs.begin(), graph.outputs.end(), [&](const Port& port) { return port.value == id; });
}

}  // namespace

std::vector<SoftmaxMask> softmax_masks(const Graph& graph) {
    std::vector<SoftmaxMask> found;
    const Uses uses(graph);
    for (const Node& node : graph.nodes) {
        if (!node.is(op::Add) && !node.is(op::Where)) continue;
        const size_t first = node.is(op::Where) ? 1 : 0;
        for (const auto& [scores, mask] :
             {std::pair{node.inputs[first], node.inputs[first + 1]}, {node.inputs[first + 1], node.inputs[first]}}) {
            if (graph.is_constant(scores) || graph.type(scores).dtype != DType::f32 || !is_mask(graph, mask)) continue;
            auto masked = down_to_softmax(graph, uses, node.outputs[0]);
            const bool shown = std::any_of(masked.begin(), masked.end(), [&](ValueId id) { return is_output(graph, id); });
            if (!masked.empty() && !shown) found.push_back({scores, mask, std::move(masked)});
        }
    }
    return found;
}

Range masked_range(Range scores) { return {scores.min - below, scores.max}; }

Range mask_range(const Graph& graph, const SoftmaxMask& mask, Range scores) {
    const std::vector<float> values = graph.constant_floats(mask.mask);
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const float least = scores.min - std::max(scores.max, 0.0f) - below;
    return {std::max(*low, least), std::max(*high, least)};
}

}  // namespace tinsmith
