#include "plan/layout.hpp"

#include "plan/lifetimes.hpp"
#include "plan/patches.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

// Which step runs in patches, as index of its stage; none otherwise.
constexpr size_t none = SIZE_MAX;

struct StageOf {
    StageOf(const std::vector<PlannedStage>& stages, size_t steps) : of(steps, none) {
        for (size_t s = 0; s < stages.size(); ++s)
            for (size_t i = stages[s].first; i < stages[s].end; ++i) of[i] = s;
    }
    std::vector<size_t> of;
};

// What a stage reads lives to its end, what it leaves lives from its start, and what only it knows holds one tile.
void follow_stage(const Graph& graph, const Flow& flow, const PlannedStage& stage, Layout& layout) {
    const auto first = static_cast<uint32_t>(stage.first + 1), end = static_cast<uint32_t>(stage.end);
    std::vector<bool> made(graph.values.size(), false);
    for (size_t i = stage.first; i < stage.end; ++i) {
        for (ValueId id : flow.nodes[layout.order[i]].reads)
            if (!made[id]) layout.lives[id].last = std::max(layout.lives[id].last, end);
        for (ValueId id : flow.nodes[layout.order[i]].writes) made[id] = true;
    }
    Lifetime& result = layout.lives[graph.nodes[layout.order[stage.end - 1]].outputs[0]];
    result.first = first;
    for (auto [id, bytes] : tiled_values(graph, layout.order, stage)) {
        layout.lives[id].bytes = bytes;
        layout.own[id].bytes = bytes;
    }
}

// Tiles of an operand and a result may lie over each other where they are the same rows.
bool same_tiles(const PlannedStage& stage, ValueId a, ValueId b) {
    return std::all_of(stage.tiles.begin(), stage.tiles.end(), [&](const std::vector<TileRows>& tile) {
        TileRows of_a, of_b;
        for (const TileRows& rows : tile) {
            if (rows.value == a) of_a = rows;
            if (rows.value == b) of_b = rows;
        }
        return of_a.begin == of_b.begin && of_a.end == of_b.end;
    });
}

}  // namespace

Layout lay_out(const Graph& graph, const Flow& flow, std::vector<uint32_t> order, std::vector<PlannedStage> stages) {
    Layout layout{std::move(order), std::move(stages), {}, {}, {}};
    layout.own = ordered_lifetimes(graph, layout.order);
    layout.lives = layout.own;
    for (ValueId id = 0; id < layout.own.size(); ++id) {
        const ValueId root = flow.owner[id];
        if (root == id) continue;
        layout.lives[root].last = std::max(layout.lives[root].last, layout.own[id].last);
        layout.lives[id].bytes = 0;
    }
    for (const PlannedStage& stage : layout.stages) follow_stage(graph, flow, stage, layout);
    const StageOf stage_of(layout.stages, layout.order.size());
    for (size_t i = 0; i < layout.order.size(); ++i) {
        const NodeFlow& node = flow.nodes[layout.order[i]];
        const auto step = static_cast<uint32_t>(i + 1);
        for (const Shareable& s : node.shareable) {
            const ValueId result = node.writes[0];
            if (layout.lives[s.operand].last != step || layout.lives[result].first != step || flow.stays[s.operand]) continue;
            const bool whole = stage_of.of[i] == none;
            const bool copies_rows = s.distance == 0 && !whole && same_tiles(layout.stages[stage_of.of[i]], s.operand, result);
            if (whole || copies_rows) layout.overlaps.push_back({s.operand, result, s.distance});
        }
    }
    for (size_t i = 0; i < layout.order.size(); ++i) {
        const auto step = static_cast<uint32_t>(i + 1);
        layout.lives.push_back({flow.nodes[layout.order[i]].scratch, step, step});
    }
    return layout;
}

}  // namespace tinsmith
