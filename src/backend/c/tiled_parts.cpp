#include "backend/c/tiled_parts.hpp"

#include "backend/c/nn_calls.hpp"
#include "backend/c/use_mcu_kernels.hpp"
#include "plan/tile_rows.hpp"

#include <algorithm>

namespace tinsmith::c99 {

namespace {

class Tiler {
public:
    Tiler(const Graph& graph, const MemoryPlan& plan, const PlannedStage& stage) : graph_(graph), plan_(plan) {
        for (size_t i = stage.first; i + 1 < stage.end; ++i) held_.push_back(graph.nodes[plan.order[i]].outputs[0]);
    }

    Part part(uint32_t index, const std::vector<TileRows>& tile) const {
        const ValueId result = graph_.nodes[index].outputs[0];
        const TileRows out = rows_in(tile, result);
        RowsOfNode rows = rows_of_node(graph_, graph_.nodes[index], out);
        rows.operands.push_back(out);
        Graph cut = graph_;
        Part part{index, {}, {}, {}};
        for (const TileRows& r : rows.operands) {
            Shape& shape = cut.values[r.value].type.shape;
            const size_t row = graph_.type(r.value).bytes() / static_cast<size_t>(graph_.type(r.value).shape[1]);
            shape[1] = r.end - r.begin;
            if (const int64_t before = r.begin - first_row(tile, r.value); before > 0)
                part.skipped[r.value] = static_cast<size_t>(before) * row;
        }
        part.calls = record(cut, rows.node);
        part.nn = nn_calls(part.calls);
        use_mcu_kernels(cut, part.calls);
        if (part.calls.scratch_bytes > plan_.scratch[index].bytes)
            fail(Fault::internal, "'{}' takes {} bytes of scratch in a tile and {} as a whole", rows.node.origin,
                 part.calls.scratch_bytes, plan_.scratch[index].bytes);
        return part;
    }

private:
    static TileRows rows_in(const std::vector<TileRows>& tile, ValueId id) {
        return *std::find_if(tile.begin(), tile.end(), [&](const TileRows& r) { return r.value == id; });
    }

    // Of a value that is held: the row that lies at its offset.
    int64_t first_row(const std::vector<TileRows>& tile, ValueId id) const {
        return std::find(held_.begin(), held_.end(), id) == held_.end() ? 0 : rows_in(tile, id).begin;
    }

    const Graph& graph_;
    const MemoryPlan& plan_;
    std::vector<ValueId> held_;  // values that hold the rows of one tile
};

}  // namespace

std::vector<Part> tiled_parts(const Graph& graph, const MemoryPlan& plan, const PlannedStage& stage) {
    const Tiler tiler(graph, plan, stage);
    std::vector<Part> parts;
    for (const std::vector<TileRows>& tile : stage.tiles)
        for (size_t i = stage.first; i < stage.end; ++i) parts.push_back(tiler.part(plan.order[i], tile));
    return parts;
}

}  // namespace tinsmith::c99
