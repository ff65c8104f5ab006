#include "plan/plan.hpp"

#include "plan/lifetimes.hpp"
#include "plan/overlap.hpp"

#include <algorithm>
#include <numeric>

namespace tinsmith {

size_t MemoryPlan::arena_bytes() const {
    size_t sum = 0;
    for (const MemoryUse& memory : memories) sum += memory.bytes;
    return sum;
}

namespace {

class Planner {
public:
    Planner(const Graph& graph, const PlanOptions& options) : graph_(graph), options_(options) {}

    MemoryPlan run() {
        plan_.order.resize(graph_.nodes.size());
        std::iota(plan_.order.begin(), plan_.order.end(), 0u);
        plan_.values.resize(graph_.values.size());
        plan_.scratch.resize(graph_.nodes.size());
        plan_.memories = {{options_.memories.empty() ? PlanMemory{}.name : options_.memories[0].name, 0}};
        find_lifetimes();
        find_overlaps();
        place_all();
        return std::move(plan_);
    }

private:
    ValueId owner(ValueId id) const { return plan_.values[id].alias_of == no_value ? id : plan_.values[id].alias_of; }

    void find_lifetimes() {
        lives_ = ordered_lifetimes(graph_, plan_.order);
        for (const Node& node : graph_.nodes)
            if (ValueId same = same_bytes(graph_, node); same != no_value) {
                const ValueId root = owner(same), id = node.outputs[0];
                plan_.values[id].alias_of = root;
                lives_[root].last = std::max(lives_[root].last, lives_[id].last);
                lives_[id].bytes = 0;
            }
    }

    void find_overlaps() {
        for (size_t step = 1; step <= plan_.order.size(); ++step) {
            const Node& node = graph_.nodes[plan_.order[step - 1]];
            if (node.outputs.size() != 1 || lives_[node.outputs[0]].bytes == 0) continue;
            for (size_t i = 0; i < node.inputs.size(); ++i) {
                if (node.inputs[i] == no_value || graph_.is_constant(node.inputs[i])) continue;
                const ValueId operand = owner(node.inputs[i]);
                if (lives_[operand].last != step) continue;
                if (auto distance = overlap_distance(graph_, node, i, options_))
                    overlaps_.push_back({operand, node.outputs[0], *distance});
            }
        }
    }

    void place_all() {
        std::vector<Lifetime> lives = lives_;
        for (size_t step = 1; step <= plan_.order.size(); ++step) {
            const size_t bytes = options_.scratch.empty() ? 0 : options_.scratch[plan_.order[step - 1]];
            lives.push_back({bytes, static_cast<uint32_t>(step), static_cast<uint32_t>(step)});
        }
        const PlaceProblem problem{lives, overlaps_, options_.alignment};
        const Placement placement = place_best(problem, options_.search_steps);
        plan_.lower_bound = live_peak(problem);
        plan_.separate_bound = live_peak(lives, options_.alignment);
        plan_.memories[0].bytes = placement.bytes;
        for (ValueId id = 0; id < lives_.size(); ++id) take(plan_.values[id], lives[id], placement.offsets[id]);
        for (size_t i = 0; i < plan_.order.size(); ++i)
            take(plan_.scratch[plan_.order[i]], lives[lives_.size() + i], placement.offsets[lives_.size() + i]);
        const std::vector<Lifetime> own = ordered_lifetimes(graph_, plan_.order);
        for (ValueId id = 0; id < own.size(); ++id)
            if (const ValueId root = plan_.values[id].alias_of; root != no_value)
                take(plan_.values[id], own[id], plan_.values[root].offset);
        for (const Overlap& o : overlaps_) {
            PlannedValue& result = plan_.values[o.result];
            const PlannedValue& operand = plan_.values[o.operand];
            if (result.offset < operand.offset + operand.bytes && operand.offset < result.offset + result.bytes)
                result.over = o.operand;
        }
    }

    static void take(PlannedBytes& planned, const Lifetime& life, size_t offset) {
        if (life.bytes == 0) return;
        planned.memory = 0;
        planned.offset = offset;
        planned.bytes = life.bytes;
        planned.first = life.first;
        planned.last = life.last;
    }

    const Graph& graph_;
    const PlanOptions& options_;
    MemoryPlan plan_;
    std::vector<Lifetime> lives_;
    std::vector<Overlap> overlaps_;
};

}  // namespace

MemoryPlan plan_memory(const Graph& graph, const PlanOptions& options) { return Planner(graph, options).run(); }

}  // namespace tinsmith
