// Before: Slices of x along one axis that between them take every element once; Gathers of every single index of an axis
// After:  one Split of x (and a Reshape for each Gather, which drops the axis)
// When:   at most 16 parts, in whatever order they are read; attention's query, key and value, gates of recurrent cells.
#include "op/list.hpp"
#include "pass/passes.hpp"
#include "pass/relayout.hpp"

#include <algorithm>
#include <map>

namespace tinsmith {

namespace {

constexpr size_t most_parts = 16;

// A reader of x that takes elements [from, from + extent) along `axis` and everything along the others.
struct Part {
    int64_t axis, from, extent;
    ValueId result;
};

std::optional<Part> part_of(const Graph& g, const Node& n) {
    const Shape& shape = n.inputs.empty() || n.inputs[0] == no_value ? Shape{} : g.type(n.inputs[0]).shape;
    if (n.is(op::Gather) && n.integer("batch_dims") == 0 && g.is_constant(n.inputs[1]) && g.type(n.inputs[1]).rank() == 0)
        return Part{normalized_axis(n.integer("axis"), std::ssize(shape)), g.constant_ints(n.inputs[1])[0], 1, n.outputs[0]};
    if (!n.is(op::Slice) || !has_static_parameters(n)) return std::nullopt;
    Part part{-1, 0, 0, n.outputs[0]};
    const Shape& out = g.type(n.outputs[0]).shape;
    for (size_t d = 0; d < shape.size(); ++d) {
        if (out[d] == shape[d] && n.ints("steps")[d] == 1) continue;
        if (part.axis >= 0 || out[d] == 0 || (n.ints("steps")[d] != 1 && out[d] != 1)) return std::nullopt;
        part = {static_cast<int64_t>(d), n.ints("starts")[d], out[d], n.outputs[0]};
    }
    return part.axis < 0 ? std::nullopt : std::optional(part);
}

// The parts of x along the axis of the first, in order; empty unless they cover it exactly.
std::vector<Part> covering(std::vector<Part> parts, const Shape& shape) {
    if (parts.size() < 2 || parts.size() > most_parts) return {};
    std::sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) { return a.from < b.from; });
    int64_t at = 0;
    for (const Part& part : parts) {
        if (part.axis != parts[0].axis || part.from != at) return {};
        at += part.extent;
    }
    return at == shape[static_cast<size_t>(parts[0].axis)] ? parts : std::vector<Part>{};
}

}  // namespace

int match_split(Graph& graph, const PassOptions&) {
    std::map<ValueId, std::vector<Part>> parts;
    for (const Node& node : graph.nodes)
        if (auto part = part_of(graph, node)) parts[node.inputs[0]].push_back(*part);
    for (auto& [x, list] : parts) list = covering(std::move(list), graph.type(x).shape);

    std::map<ValueId, ValueId> pieces;  // result of a Slice or Gather -> part of the Split
    return rewrite(graph, [&](Rewriter& r, const Node& node) {
        auto part = part_of(r.graph, node);
        if (!part) return false;
        if (!pieces.contains(node.outputs[0])) {
            auto list = parts.find(node.inputs[0]);
            if (list == parts.end() || list->second.empty()) return false;
            Ints sizes;
            for (const Part& p : list->second) sizes.push_back(p.extent);
            auto ys = r.add_all(op::Split, {node.inputs[0]}, {{"axis", part->axis}, {"sizes", sizes}});
            for (size_t i = 0; i < ys.size(); ++i) pieces[list->second[i].result] = ys[i];
        }
        r.replace(node.outputs[0], reshaped(r, pieces[node.outputs[0]], Shape(r.shape(node.outputs[0]))));
        return true;
    });
}

}  // namespace tinsmith
