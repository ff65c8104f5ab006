#include "plan/tile_rows.hpp"

#include "op/list.hpp"
#include "op/window.hpp"

#include <algorithm>

namespace tinsmith {

static int64_t height(const Graph& graph, ValueId id) { return graph.type(id).shape[1]; }

std::optional<int64_t> kernel_rows(const Graph& graph, const Node& node) {
    if (node.is(op::Conv) || node.is(op::DepthwiseConv)) return graph.type(node.inputs[1]).shape[1];
    if ((node.is(op::MaxPool) || node.is(op::AveragePool)) && node.ints("kernel").size() == 2) return node.ints("kernel")[0];
    return std::nullopt;
}

namespace {

// From the first row under a window to behind the last, rows of padding among them.
struct Reach {
    int64_t top = 0, bottom = 0;
};

Reach reach_of(const Node& node, int64_t kernel, TileRows out) {
    const WindowAttrs a = WindowAttrs::of(node, 2, {kernel, 1});
    return {out.begin * a.strides[0] - a.pads[0], (out.end - 1) * a.strides[0] - a.pads[0] + (kernel - 1) * a.dilations[0] + 1};
}

}  // namespace

TileRows rows_under(const Graph& graph, const Node& node, int64_t kernel, TileRows out) {
    const auto [top, bottom] = reach_of(node, kernel, out);
    const int64_t rows = height(graph, node.inputs[0]);
    return {node.inputs[0], std::clamp<int64_t>(top, 0, rows - 1), std::clamp<int64_t>(bottom, 1, rows)};
}

RowsOfNode rows_of_node(const Graph& graph, const Node& node, TileRows out) {
    RowsOfNode part{node, {}};
    if (const auto kernel = kernel_rows(graph, node)) {
        const TileRows in = rows_under(graph, node, *kernel, out);
        const auto [top, bottom] = reach_of(node, *kernel, out);
        Ints pads = node.ints("pads");
        pads[0] = in.begin - top;
        pads[2] = std::max<int64_t>(bottom - in.end, 0);
        part.node.attrs.set("pads", pads);
        part.operands.push_back(in);
        return part;
    }
    for (ValueId id : node.inputs)
        if (id != no_value && !graph.is_constant(id)) part.operands.push_back({id, out.begin, out.end});
    return part;
}

}  // namespace tinsmith
