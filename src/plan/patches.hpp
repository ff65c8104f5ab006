// Stages of nodes that run tile by tile, on some rows of the image at a time: less memory for some work done twice.
#pragma once

#include "plan/plan.hpp"

#include <optional>

namespace tinsmith {

// The nodes order[first, end) as a stage of `tiles` tiles, or nothing where that cannot be: all of them must work row by row on images
// [1, height, width, channels], and all that leaves the stage is one value with at least as many rows as there are tiles.
std::optional<PlannedStage> make_stage(const Graph& graph, std::span<const uint32_t> order, size_t first, size_t end,
                                       int64_t tiles);

// What a stage computes and only itself reads, with the bytes of its largest tile.
std::vector<std::pair<ValueId, size_t>> tiled_values(const Graph& graph, std::span<const uint32_t> order,
                                                     const PlannedStage& stage);

}  // namespace tinsmith
