#include "plan/plan.hpp"

#include "plan/flow.hpp"
#include "plan/layout.hpp"
#include "plan/patches.hpp"

#include <algorithm>
#include <numeric>

namespace tinsmith {

size_t MemoryPlan::arena_bytes() const {
    size_t sum = 0;
    for (const MemoryUse& memory : memories) sum += memory.bytes;
    return sum;
}

static void take(PlannedBytes& planned, const Lifetime& life, uint32_t memory, size_t offset) {
    if (life.bytes == 0) return;
    planned = {memory, offset, life.bytes, life.first, life.last};
}

static MemoryPlan to_plan(const Graph& graph, const Flow& flow, const PlanOptions& options, const Layout& layout,
                          const Arenas& arenas) {
    MemoryPlan plan;
    plan.order = layout.order;
    plan.stages = layout.stages;
    plan.values.resize(graph.values.size());
    plan.scratch.resize(graph.nodes.size());
    plan.memories = arenas.memories;
    const PlaceProblem problem{layout.lives, layout.overlaps, options.alignment};
    plan.lower_bound = live_peak(problem);
    plan.separate_bound = live_peak(layout.lives, options.alignment);
    for (ValueId id = 0; id < graph.values.size(); ++id) {
        const ValueId root = flow.owner[id];
        if (root != id) plan.values[id].alias_of = root;
        take(plan.values[id], root == id ? layout.lives[id] : layout.own[id], arenas.memory[root], arenas.offsets[root]);
    }
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
        const size_t at = layout.scratch_at(i);
        take(plan.scratch[layout.order[i]], layout.lives[at], arenas.memory[at], arenas.offsets[at]);
    }
    for (const Overlap& o : layout.overlaps) {
        PlannedValue& result = plan.values[o.result];
        const PlannedValue& operand = plan.values[o.operand];
        const bool apart = result.offset + result.bytes <= operand.offset || operand.offset + operand.bytes <= result.offset;
        if (result.memory == operand.memory && !apart) result.over = o.operand;
    }
    return plan;
}

MemoryPlan plan_memory(const Graph& graph, const PlanOptions& options) {
    const Flow flow(graph, options);
    std::vector<uint32_t> order(graph.nodes.size());
    std::iota(order.begin(), order.end(), 0u);
    if (options.reorder) order = schedule(graph, flow, options.search_steps);
    Layout layout = lay_out(graph, flow, std::move(order), {});
    Arenas arenas = place_in_memories(graph, flow, layout, options);
    // What is alive may fit and its placement not: then a little less has to be alive.
    size_t target = options.max_bytes;
    for (int round = 0; round < 4 && arenas.bytes() > options.max_bytes && target != 0; ++round) {
        Layout patched = patch(graph, flow, layout, target, options.alignment);
        if (patched.stages.empty()) break;
        Arenas smaller = place_in_memories(graph, flow, patched, options);
        target -= std::min(target, smaller.bytes() - std::min(smaller.bytes(), options.max_bytes));
        if (smaller.bytes() >= arenas.bytes()) continue;
        layout = std::move(patched);
        arenas = std::move(smaller);
    }
    return to_plan(graph, flow, options, layout, arenas);
}

}  // namespace tinsmith
