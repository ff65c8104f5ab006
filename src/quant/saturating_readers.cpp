#include "quant/saturating_readers.hpp"

#include "op/list.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace tinsmith {

namespace {

// Outside these a result of 8 bits is as good as constant, or x itself.
std::optional<Range> live_range(const Node& node) {
    if (node.is(op::Sigmoid)) return Range{-6.3f, 6.3f};  // 1 / (1 + e^6.3) < 1/512
    if (node.is(op::Tanh)) return Range{-3.2f, 3.2f};     // 1 - tanh(3.2) < 1/256
    if (node.is(op::HardSwish)) return Range{-3, INFINITY};
    if (node.is(op::Gelu)) return Range{-3.2f, INFINITY};  // gelu(-3.2) = -0.002
    return std::nullopt;
}

// x * Sigmoid(x), Sigmoid included: -0.022 at -5.5 and less further down.
constexpr Range live_range_of_swish{-5.5f, INFINITY};

}  // namespace

int narrow_saturating(const Graph& graph, Ranges& ranges) {
    std::vector<std::vector<const Node*>> readers(graph.values.size());
    for (const Node& node : graph.nodes)
        for (ValueId id : node.inputs)
            if (id != no_value) readers[id].push_back(&node);
    std::vector<bool> at_port(graph.values.size(), false);
    for (const auto* ports : {&graph.inputs, &graph.outputs})
        for (const Port& port : *ports) at_port[port.value] = true;
    int changed = 0;
    for (ValueId id = 0; id < graph.values.size() && id < ranges.tensors.size(); ++id) {
        if (!ranges.tensors[id] || readers[id].empty() || at_port[id]) continue;
        const auto gates = [&](const Node* node) {
            return node->is(op::Sigmoid) && std::any_of(readers[id].begin(), readers[id].end(), [&](const Node* other) {
                       return other->is(op::Mul) &&
                              std::count(other->inputs.begin(), other->inputs.end(), node->outputs[0]) == 1;
                   });
        };
        const bool swish = readers[id].size() == 2 && std::any_of(readers[id].begin(), readers[id].end(), gates);
        Range live{INFINITY, -INFINITY};
        for (const Node* node : readers[id]) {
            const auto own = swish ? std::optional(live_range_of_swish) : live_range(*node);
            live = own ? Range{std::min(live.min, own->min), std::max(live.max, own->max)} : Range{-INFINITY, INFINITY};
            if (!own) break;
        }
        Range& range = ranges.tensors[id]->range;
        const Range narrow{std::max(range.min, live.min), std::min(range.max, live.max)};
        if (narrow == range || narrow.min >= narrow.max) continue;
        range = narrow;
        ++changed;
    }
    return changed;
}

}  // namespace tinsmith
