#include "report/estimate.hpp"

#include "ir/macs.hpp"
#include "op/list.hpp"

#include <algorithm>

namespace tinsmith {

// A depthwise convolution of one channel is computed as any other.
static bool convolves_all(const Graph& graph, const Node& node) {
    return node.is(op::Conv) || (node.is(op::DepthwiseConv) && graph.type(node.inputs[0]).shape.back() == 1);
}

static const Work& work_of(const Core& core, const Graph& graph, const Node& node) {
    const auto found = core.work.find(convolves_all(graph, node) ? op::Conv.name : node.op->name);
    return found != core.work.end() ? found->second : core.work.find("otherwise")->second;
}

static uint64_t constant_bytes(const Graph& graph) {
    std::vector<bool> counted(graph.values.size(), false);
    uint64_t sum = 0;
    for (const Node& node : graph.nodes)
        for (ValueId id : node.inputs) {
            if (id == no_value || !graph.is_constant(id) || counted[id]) continue;
            counted[id] = true;
            sum += graph.type(id).bytes();
        }
    return sum;
}

static double elements(const Graph& graph, const std::vector<ValueId>& values) {
    double sum = 0;
    for (ValueId id : values)
        if (id != no_value && !graph.is_constant(id)) sum += static_cast<double>(graph.type(id).elements());
    return sum;
}

// Elements under the windows of all output pixels, where a convolution has windows larger than one.
static double taps(const Graph& graph, const Node& node) {
    if (!convolves_all(graph, node)) return 0;
    const Shape &w = graph.type(node.inputs[1]).shape, &y = graph.type(node.outputs[0]).shape;
    if (w.size() != 4 || w[1] * w[2] == 1 || y.back() == 0) return 0;
    return static_cast<double>(node_macs(graph, node)) / static_cast<double>(y.back());
}

double reading_seconds(const Target& target, uint64_t constant_bytes) {
    return target.flash_bytes_per_second > 0 ? static_cast<double>(constant_bytes) / target.flash_bytes_per_second : 0;
}

Estimate estimate(const Graph& graph, const Target& target) {
    const double each = target.core.work.find("node")->second.each;
    std::map<std::string, double> by_operator;
    Estimate out;
    for (const Node& node : graph.nodes) {
        const Work& work = work_of(target.core, graph, node);
        const double instructions =
            static_cast<double>(node_macs(graph, node)) * work.per_mac + elements(graph, node.inputs) * work.per_input +
            elements(graph, node.outputs) * work.per_output + taps(graph, node) * work.per_tap + work.each + each;
        by_operator[std::string(node.op->name)] += instructions;
        out.instructions += instructions;
    }
    out.seconds = out.instructions * target.core.cycles_per_instruction / target.clock_hz +
                  reading_seconds(target, constant_bytes(graph));
    out.joules = out.seconds * target.power_watts;
    for (const auto& [name, instructions] : by_operator) out.by_operator.emplace_back(name, instructions / out.instructions);
    std::stable_sort(out.by_operator.begin(), out.by_operator.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    return out;
}

}  // namespace tinsmith
