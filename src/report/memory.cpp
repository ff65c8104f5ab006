#include "report/memory.hpp"

#include "ir/op_def.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tinsmith {

using Json = nlohmann::ordered_json;

std::string node_label(const Graph& graph, const Node& node) {
    if (!node.origin.empty()) return node.origin;
    return node.outputs.empty() || node.outputs[0] == no_value ? std::string() : graph.value(node.outputs[0]).name;
}

std::vector<size_t> bytes_by_step(const MemoryPlan& plan) {
    const size_t steps = plan.order.size() + 2;
    struct Part {
        size_t begin, end;
        uint32_t memory;
    };
    std::vector<std::vector<Part>> parts(steps);
    const auto add = [&](const PlannedBytes& p) {
        if (p.memory == no_memory) return;
        for (uint32_t step = p.first; step <= p.last; ++step) parts[step].push_back({p.offset, p.offset + p.bytes, p.memory});
    };
    for (const PlannedValue& value : plan.values) add(value);
    for (const PlannedBytes& scratch : plan.scratch) add(scratch);
    std::vector<size_t> sums(steps, 0);
    for (size_t step = 0; step < steps; ++step) {
        std::sort(parts[step].begin(), parts[step].end(),
                  [](const Part& a, const Part& b) { return std::pair(a.memory, a.begin) < std::pair(b.memory, b.begin); });
        uint32_t memory = no_memory;
        size_t top = 0;
        for (const Part& part : parts[step]) {
            if (part.memory != memory) top = 0;
            memory = part.memory;
            sums[step] += part.end - std::min(part.end, std::max(top, part.begin));
            top = std::max(top, part.end);
        }
    }
    return sums;
}

static Json stage_json(const Graph& graph, const MemoryPlan& plan, const PlannedStage& stage) {
    Json tiles = Json::array();
    for (const auto& tile : stage.tiles) {
        Json rows = Json::array();
        for (const TileRows& r : tile) rows.push_back({{"value", r.value}, {"begin", r.begin}, {"end", r.end}});
        tiles.push_back(std::move(rows));
    }
    Json nodes = Json::array();
    for (size_t i = stage.first; i < stage.end; ++i) nodes.push_back(node_label(graph, graph.nodes[plan.order[i]]));
    return {{"first_step", stage.first + 1},
            {"last_step", stage.end},
            {"nodes", nodes},
            {"macs", stage.macs},
            {"recomputed_macs", stage.recomputed_macs},
            {"tiles", tiles}};
}

static Json bytes_json(const MemoryPlan& plan, const PlannedBytes& p) {
    return {{"memory", plan.memories[p.memory].name},
            {"offset", p.offset},
            {"bytes", p.bytes},
            {"first", p.first},
            {"last", p.last}};
}

Json memory_json(const Graph& graph, const MemoryPlan& plan) {
    Json json{{"arena_bytes", plan.arena_bytes()},
              {"lower_bound_bytes", plan.lower_bound},
              {"separate_bound_bytes", plan.separate_bound}};
    json["memories"] = Json::array();
    for (const MemoryUse& memory : plan.memories)
        json["memories"].push_back({{"name", memory.name}, {"bytes", memory.bytes}, {"moved_bytes", memory.moved_bytes}});
    const std::vector<size_t> alive = bytes_by_step(plan);
    json["steps"] = Json::array();
    for (size_t i = 0; i < plan.order.size(); ++i) {
        const Node& node = graph.nodes[plan.order[i]];
        json["steps"].push_back({{"step", i + 1},
                                 {"node", node_label(graph, node)},
                                 {"operator", node.op->name},
                                 {"alive_bytes", alive[i + 1]},
                                 {"scratch_bytes", plan.scratch[plan.order[i]].bytes}});
    }
    json["values"] = Json::array();
    for (ValueId id = 0; id < plan.values.size(); ++id) {
        const PlannedValue& value = plan.values[id];
        if (value.memory == no_memory) continue;
        Json entry{{"value", id}, {"name", graph.value(id).name}};
        entry.update(bytes_json(plan, value));
        if (value.alias_of != no_value) entry["alias_of"] = value.alias_of;
        if (value.over != no_value) entry["over"] = value.over;
        json["values"].push_back(std::move(entry));
    }
    json["stages"] = Json::array();
    for (const PlannedStage& stage : plan.stages) json["stages"].push_back(stage_json(graph, plan, stage));
    return json;
}

}  // namespace tinsmith
