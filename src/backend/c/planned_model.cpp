#include "backend/c/planned_model.hpp"

#include "backend/c/nn_calls.hpp"
#include "backend/c/tiled_parts.hpp"
#include "backend/c/use_mcu_kernels.hpp"
#include "ir/macs.hpp"
#include "pass/passes.hpp"
#include "plan/fold_pads.hpp"

#include <fmt/ranges.h>

#include <algorithm>

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

static std::vector<Part> parts_of(const Graph& graph, const MemoryPlan& plan, std::vector<NodeCalls> calls,
                                  const std::vector<std::optional<NodeCalls>>& nn) {
    std::vector<Part> parts;
    auto stage = plan.stages.begin();
    for (size_t i = 0; i < plan.order.size();) {
        if (stage == plan.stages.end() || stage->first != i) {
            parts.push_back({plan.order[i], std::move(calls[plan.order[i]]), nn[plan.order[i]], {}});
            ++i;
            continue;
        }
        for (Part& part : tiled_parts(graph, plan, *stage)) parts.push_back(std::move(part));
        i = (stage++)->end;
    }
    return parts;
}

static std::string says_what_is_computed_twice(const Graph& graph, const MemoryPlan& plan) {
    int64_t all = 0, twice = 0;
    size_t tiles = 0;
    for (const Node& node : graph.nodes) all += node_macs(graph, node);
    for (const PlannedStage& stage : plan.stages) {
        twice += stage.recomputed_macs;
        tiles = std::max(tiles, stage.tiles.size());
    }
    return fmt::format(
        "to keep within the arena's limit the first layers run in up to {} tiles of rows: {} of {} MACs are computed twice "
        "({:.1f} %)",
        tiles, twice, all, 100.0 * static_cast<double>(twice) / static_cast<double>(std::max<int64_t>(all, 1)));
}

PlannedModel planned(CModel model, const COptions& options) {
    PlannedModel out;
    fold_pads(model.graph, all_types);
    remove_dead_code(model.graph, {});
    std::vector<NodeCalls> calls = record_all(model.graph);
    std::vector<std::optional<NodeCalls>> nn;
    for (const NodeCalls& of : calls) nn.push_back(nn_calls(of));
    for (NodeCalls& of : calls) use_mcu_kernels(model.graph, of);
    PlanOptions how;
    how.max_bytes = options.max_ram;
    for (const NodeCalls& of : calls) how.scratch.push_back(of.scratch_bytes);
    out.plan = plan_memory(model.graph, how);
    const size_t need = out.plan.arena_bytes();
    if (options.max_ram != 0 && need > options.max_ram)
        fail(Fault::target, "the arena takes {} bytes, {} more than the {} of --max-ram{}", need, need - options.max_ram,
             options.max_ram, out.plan.stages.empty() ? "" : ", in patches too");
    out.parts = parts_of(model.graph, out.plan, std::move(calls), nn);
    if (!out.plan.stages.empty()) out.notes.push_back(says_what_is_computed_twice(model.graph, out.plan));
    out.model = std::move(model);
    return out;
}

}  // namespace tinsmith::c99
