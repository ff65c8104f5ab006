#include "quant/coarse_joins.hpp"

#include "op/list.hpp"
#include "quant/split_outputs.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

struct Joined {
    std::string name;
    Range range;  // and zero
};

std::optional<Range> range_of(const Graph& graph, const Ranges& ranges, ValueId id) {
    if (const Observation* seen = ranges.of(id)) return united(seen->range, {});
    if (!graph.is_constant(id) || graph.type(id).elements() == 0) return std::nullopt;
    const std::vector<float> values = graph.constant_floats(id);
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    return united({*low, *high}, {});
}

// Zeros are exact at any scale: they are left out.
std::vector<Joined> operands_of(const Graph& graph, const Ranges& ranges, const Node& node) {
    std::vector<Joined> found;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
        const auto range = range_of(graph, ranges, node.inputs[i]);
        if (!range || width(*range) == 0) continue;
        const std::string& name = graph.value(node.inputs[i]).name;
        found.push_back({name.empty() ? fmt::format("operand {}", i) : name, *range});
    }
    return found;
}

}  // namespace

std::vector<std::string> coarse_joins(const Graph& graph, const Ranges& ranges, const QuantPlan& plan) {
    std::vector<std::string> notes;
    for (size_t n = 0; n < graph.nodes.size(); ++n) {
        const Node& node = graph.nodes[n];
        const auto& result = plan.values[node.outputs[0]];
        if (!node.is(op::Concat) || !is_integer_scheme(plan.nodes[n].scheme) || !result) continue;
        const std::vector<Joined> operands = operands_of(graph, ranges, node);
        if (operands.empty()) continue;
        const auto [least, most] = std::minmax_element(
            operands.begin(), operands.end(), [](const Joined& a, const Joined& b) { return width(a.range) < width(b.range); });
        const float apart = width(most->range) / width(least->range);
        if (apart <= most_range_ratio) continue;
        notes.push_back(fmt::format(
            "Concat '{}' has one scale for ranges that differ {:.0f} times: '{}' is {:.3g}..{:.3g}, '{}' {:.3g}..{:.3g}, which "
            "is left with {:.0f} steps",
            node.origin, apart, most->name, most->range.min, most->range.max, least->name, least->range.min, least->range.max,
            width(least->range) / result->scale()));
    }
    return notes;
}

}  // namespace tinsmith
