// A stage of the memory plan that runs in patches, as calls.
#pragma once

#include "backend/c/planned_model.hpp"

namespace tinsmith::c99 {

// Tile after tile, in each the nodes of the stage in order, on the rows that the tile needs.
std::vector<Part> tiled_parts(const Graph& graph, const MemoryPlan& plan, const PlannedStage& stage);

}  // namespace tinsmith::c99
