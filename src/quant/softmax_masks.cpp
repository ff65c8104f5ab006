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

// Of the mask's numbers that hide nothing, as a bias of positions that was folded into it, and zero.
Range counting(const Graph& graph, const SoftmaxMask& mask) {
    Range range{0, 0};
    for (float value : graph.constant_floats(mask.mask))
        if (value > hides) range = {std::min(range.min, value), std::max(range.max, value)};
    return range;
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
            if (!masked.empty() && !shown) found.push_back({scores, mask, node.is(op::Add), std::move(masked)});
        }
    }
    return found;
}

Range masked_range(const Graph& graph, const SoftmaxMask& mask, Range scores) {
    const Range counts = counting(graph, mask);
    if (mask.adds) return {scores.min + counts.min - below, scores.max + counts.max};
    return {std::min(scores.min, counts.min) - below, std::max(scores.max, counts.max)};
}

Range mask_range(const Graph& graph, const SoftmaxMask& mask, Range scores) {
    const float least = masked_range(graph, mask, scores).min;
    return {mask.adds ? least - std::max(scores.max, 0.0f) : least, counting(graph, mask).max};
}

}  // namespace tinsmith
