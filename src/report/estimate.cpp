#include "report/estimate.hpp"

#include "ir/macs.hpp"

#include <algorithm>

namespace tinsmith {

static const Work& work_of(const Core& core, std::string_view name) {
    const auto found = core.work.find(name);
    return found != core.work.end() ? found->second : core.work.find("otherwise")->second;
}

static double elements(const Graph& graph, const std::vector<ValueId>& values) {
    double sum = 0;
    for (ValueId id : values)
        if (id != no_value && !graph.is_constant(id)) sum += static_cast<double>(graph.type(id).elements());
    return sum;
}

Estimate estimate(const Graph& graph, const Target& target) {
    const double each = target.core.work.find("node")->second.each;
    std::map<std::string, double> by_operator;
    Estimate out;
    for (const Node& node : graph.nodes) {
        const Work& work = work_of(target.core, node.op->name);
        const double instructions = static_cast<double>(node_macs(graph, node)) * work.per_mac +
                                    elements(graph, node.inputs) * work.per_input +
                                    elements(graph, node.outputs) * work.per_output + work.each + each;
        by_operator[std::string(node.op->name)] += instructions;
        out.instructions += instructions;
    }
    out.seconds = out.instructions * target.core.cycles_per_instruction / target.clock_hz;
    out.joules = out.seconds * target.power_watts;
    for (const auto& [name, instructions] : by_operator) out.by_operator.emplace_back(name, instructions / out.instructions);
    std::stable_sort(out.by_operator.begin(), out.by_operator.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    return out;
}

}  // namespace tinsmith
