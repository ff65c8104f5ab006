#include "backend/c/planned_model.hpp"

#include "backend/c/use_mcu_kernels.hpp"
#include "pass/passes.hpp"
#include "plan/fold_pads.hpp"

#include <fmt/ranges.h>

namespace tinsmith::c99 {

namespace {

constexpr DTypes all_types = ~DTypes{0};

// The calls of every node. Throws one error for all nodes that cannot be written.
std::vector<NodeCalls> record_all(const Graph& graph) {
    std::vector<NodeCalls> calls;
    std::vector<std::string> refusals;
    for (const Node& node : graph.nodes) {
        try {
            calls.push_back(record(graph, node));
        } catch (const Error& e) {
            if (e.fault != Fault::unsupported) throw;
            refusals.push_back(fmt::format("'{}' ({}): {}", node.origin, node.op->name, e.what()));
        }
    }
    if (!refusals.empty())
        fail(Fault::unsupported, "{} of {} operators cannot be written as C:\n  {}", refusals.size(), graph.nodes.size(),
             fmt::join(refusals, "\n  "));
    return calls;
}

}  // namespace

size_t PlannedModel::offset(ValueId id) const {
    while (plan.values[id].alias_of != no_value) id = plan.values[id].alias_of;
    return plan.values[id].offset;
}

bool PlannedModel::is_alias(const Node& node) const {
    if (node.outputs.size() != 1 || plan.values[node.outputs[0]].alias_of == no_value) return false;
    return !graph().is_constant(node.inputs[0]) && offset(node.inputs[0]) == offset(node.outputs[0]);
}

PlannedModel planned(CModel model, const COptions& options) {
    PlannedModel out;
    fold_pads(model.graph, all_types);
    remove_dead_code(model.graph, {});
    out.calls = record_all(model.graph);
    for (NodeCalls& calls : out.calls) use_mcu_kernels(model.graph, calls);
    PlanOptions how;
    for (const NodeCalls& calls : out.calls) how.scratch.push_back(calls.scratch_bytes);
    out.plan = plan_memory(model.graph, how);
    out.model = std::move(model);
    const size_t need = out.plan.arena_bytes();
    if (options.max_ram != 0 && need > options.max_ram)
        fail(Fault::target, "the arena takes {} bytes, {} more than the {} of --max-ram", need, need - options.max_ram,
             options.max_ram);
    return out;
}

}  // namespace tinsmith::c99
