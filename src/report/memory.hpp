// A memory plan as people and programs read it: steps, values, a picture of the arena.
#pragma once

#include "plan/plan.hpp"

#include <nlohmann/json_fwd.hpp>

namespace tinsmith {

// What a node is called in reports: its origin in the source, else the name of its first result.
std::string node_label(const Graph& graph, const Node& node);

// Bytes alive at each step, what lies over each other counted once where the plan puts it so.
std::vector<size_t> bytes_by_step(const MemoryPlan& plan);

// Keys: arena_bytes, lower_bound_bytes, separate_bound_bytes, memories, steps, values, stages.
nlohmann::ordered_json memory_json(const Graph& graph, const MemoryPlan& plan);

// The arenas over time: steps from left to right, offsets upwards, a rectangle for each value.
std::string memory_svg(const Graph& graph, const MemoryPlan& plan);

}  // namespace tinsmith
