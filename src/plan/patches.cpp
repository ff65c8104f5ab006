#include "plan/patches.hpp"

#include "ir/macs.hpp"
#include "op/list.hpp"
#include "plan/tile_rows.hpp"

#include <algorithm>
#include <map>

namespace tinsmith {

namespace {

struct Rows {
    int64_t begin = 0, end = 0;
};

bool is_image(const Type& type) { return type.rank() == 4 && type.shape[0] == 1 && type.elements() > 0; }

int64_t height(const Graph& graph, ValueId id) { return graph.type(id).shape[1]; }

// Whether rows of the result depend on the same rows of every operand that is no constant, and constants are alike for all rows.
bool keeps_rows(const Graph& graph, const Node& node) {
    const bool joins = node.is(op::Concat) && normalized_axis(node.integer("axis"), 4) >= 2;
    if (!joins && !node.op->elementwise && !node.is(op::Quantize) && !node.is(op::Dequantize)) return false;
    const int64_t rows = height(graph, node.outputs[0]);
    for (ValueId id : node.inputs) {
        if (id == no_value) continue;
        const Shape& shape = graph.type(id).shape;
        if (graph.is_constant(id)) {
            if (joins || (shape.size() > 2 && shape[shape.size() - 3] != 1)) return false;
        } else if (!is_image(graph.type(id)) || shape[1] != rows) {
            return false;
        }
    }
    return true;
}

bool works_by_rows(const Graph& graph, const Node& node) {
    if (node.outputs.size() != 1 || !is_image(graph.type(node.outputs[0]))) return false;
    if (kernel_rows(graph, node)) return !graph.is_constant(node.inputs[0]) && is_image(graph.type(node.inputs[0]));
    return keeps_rows(graph, node);
}

// Goes from the rows of the last value back to those of all that it needs.
std::map<ValueId, Rows> needed_rows(const Graph& graph, std::span<const uint32_t> nodes, ValueId last, Rows rows) {
    std::map<ValueId, Rows> need{{last, rows}};
    for (size_t i = nodes.size(); i-- > 0;) {
        const Node& node = graph.nodes[nodes[i]];
        const auto out = need.find(node.outputs[0]);
        if (out == need.end()) continue;
        const auto kernel = kernel_rows(graph, node);
        for (size_t operand = 0; operand < (kernel ? 1 : node.inputs.size()); ++operand) {
            const ValueId id = node.inputs[operand];
            if (id == no_value || graph.is_constant(id)) continue;
            Rows in = out->second;
            if (kernel) {
                const TileRows under = rows_under(graph, node, *kernel, {no_value, in.begin, in.end});
                in = {under.begin, under.end};
            }
            const auto [known, fresh] = need.try_emplace(id, in);
            if (!fresh) known->second = {std::min(known->second.begin, in.begin), std::max(known->second.end, in.end)};
        }
    }
    return need;
}

// The only value that the nodes compute and somebody else needs; no_value: there are none or several.
ValueId only_result(const Graph& graph, std::span<const uint32_t> nodes) {
    std::vector<bool> inside(graph.nodes.size(), false), computed(graph.values.size(), false);
    for (uint32_t index : nodes) {
        inside[index] = true;
        computed[graph.nodes[index].outputs[0]] = true;
    }
    std::vector<ValueId> leaving;
    const auto leave = [&](ValueId id) {
        if (id != no_value && computed[id] && std::find(leaving.begin(), leaving.end(), id) == leaving.end())
            leaving.push_back(id);
    };
    for (uint32_t i = 0; i < graph.nodes.size(); ++i)
        if (!inside[i])
            for (ValueId id : graph.nodes[i].inputs) leave(id);
    for (const Port& port : graph.outputs) leave(port.value);
    for (const State& state : graph.states) leave(state.next);
    return leaving.size() == 1 && leaving[0] == graph.nodes[nodes.back()].outputs[0] ? leaving[0] : no_value;
}

}  // namespace

std::optional<PlannedStage> make_stage(const Graph& graph, std::span<const uint32_t> order, size_t first, size_t end,
                                       int64_t tiles) {
    const auto nodes = order.subspan(first, end - first);
    for (uint32_t index : nodes)
        if (!works_by_rows(graph, graph.nodes[index])) return std::nullopt;
    const ValueId last = only_result(graph, nodes);
    if (last == no_value || height(graph, last) < tiles) return std::nullopt;
    PlannedStage stage{first, end, {}, 0, 0};
    for (uint32_t index : nodes) stage.macs += node_macs(graph, graph.nodes[index]);
    int64_t done = 0;
    for (int64_t t = 0; t < tiles; ++t) {
        const int64_t rows = height(graph, last);
        const auto need = needed_rows(graph, nodes, last, {rows * t / tiles, rows * (t + 1) / tiles});
        auto& tile = stage.tiles.emplace_back();
        for (auto [id, part] : need) tile.push_back({id, part.begin, part.end});
        for (uint32_t index : nodes) {
            const Node& node = graph.nodes[index];
            const auto part = need.find(node.outputs[0]);
            if (part == need.end()) return std::nullopt;  // computed for nobody
            done += node_macs(graph, node) / height(graph, node.outputs[0]) * (part->second.end - part->second.begin);
        }
    }
    stage.recomputed_macs = done - stage.macs;
    return stage;
}

std::vector<std::pair<ValueId, size_t>> tiled_values(const Graph& graph, std::span<const uint32_t> order,
                                                     const PlannedStage& stage) {
    std::vector<std::pair<ValueId, size_t>> list;
    for (size_t i = stage.first; i + 1 < stage.end; ++i) {
        const ValueId id = graph.nodes[order[i]].outputs[0];
        int64_t most = 0;
        for (const auto& tile : stage.tiles)
            for (const TileRows& rows : tile)
                if (rows.value == id) most = std::max(most, rows.end - rows.begin);
        list.push_back({id, graph.type(id).bytes() / static_cast<size_t>(height(graph, id)) * static_cast<size_t>(most)});
    }
    return list;
}

}  // namespace tinsmith
