#include "pass/layout.hpp"

#include "ir/permutation.hpp"
#include "op/list.hpp"
#include "pass/relayout.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

size_t at(int64_t index) { return static_cast<size_t>(index); }

// One entry per dimension: entry i of x is entry perm[i] of x'.
void scatter(Attrs& attrs, const Node& node, std::string_view name, const Ints& perm) {
    const Ints& old = node.ints(name);
    Ints out(old.size());
    for (size_t i = 0; i < old.size(); ++i) out[at(perm[i])] = old[i];
    attrs.set(name, std::move(out));
}

// The order of output dimensions after `removed` (of x) are gone and the rest of x' has closed up.
Ints without(const Ints& perm, const Ints& removed) {
    Ints gone(perm.size(), 0);
    for (int64_t axis : removed) gone[at(perm[at(axis)])] = 1;
    Ints out;
    for (size_t i = 0; i < perm.size(); ++i) {
        if (std::find(removed.begin(), removed.end(), static_cast<int64_t>(i)) != removed.end()) continue;
        int64_t before = std::count(gone.begin(), gone.begin() + perm[i], 1);
        out.push_back(perm[i] - before);
    }
    return out;
}

std::optional<Relaid> relaid_gather(const Graph& graph, const Node& node, const Ints& perm) {
    if (node.integer("batch_dims") != 0) return std::nullopt;
    int64_t rank = std::ssize(perm), axis = normalized_axis(node.integer("axis"), rank),
            picks = graph.type(node.inputs[1]).rank();
    int64_t to = perm[at(axis)];
    auto moved = [&](int64_t dim) {
        return dim < to ? dim : dim + picks - 1;
    };  // where a dimension of x' stands in the output'
    Relaid out{node.attrs, {}};
    out.attrs.set("axis", to);
    for (int64_t i = 0; i < rank; ++i) {
        if (i != axis) {
            out.out_perm.push_back(moved(perm[at(i)]));
            continue;
        }
        for (int64_t p = 0; p < picks; ++p) out.out_perm.push_back(to + p);
    }
    return out;
}

std::optional<Relaid> relaid_reduction(const Node& node, const Ints& perm) {
    Ints axes = reduced_axes(node, std::ssize(perm)), moved;
    for (int64_t axis : axes) moved.push_back(perm[at(axis)]);
    std::sort(moved.begin(), moved.end());
    Relaid out{node.attrs, node.flag("keepdims") ? perm : without(perm, axes)};
    out.attrs.set("axes", std::move(moved));
    return out;
}

}  // namespace

bool is_reduction(const Node& node) {
    return node.is(op::ReduceSum) || node.is(op::ReduceMean) || node.is(op::ReduceMax) || node.is(op::ReduceMin) ||
           node.is(op::ReduceProd) || node.is(op::ReduceAny) || node.is(op::ReduceAll);
}

Ints reduced_axes(const Node& reduce, int64_t rank) {
    Ints axes = reduce.ints("axes");
    for (int64_t& axis : axes) axis = normalized_axis(axis, rank);
    std::sort(axes.begin(), axes.end());
    return axes;
}

std::optional<Ints> match_units(const Shape& from, const Shape& to) {
    Ints map(from.size(), -1);
    size_t i = 0, j = 0;
    while (i < from.size() || j < to.size()) {
        if (i < from.size() && j < to.size() && from[i] == to[j])
            map[i++] = static_cast<int64_t>(j++);
        else if (i < from.size() && from[i] == 1)
            ++i;
        else if (j < to.size() && to[j] == 1)
            ++j;
        else
            return std::nullopt;
    }
    return map;
}

bool joins_operands(const Node& node) {
    if (node.is(op::Quantize) || node.is(op::Dequantize)) return false;
    return node.op->elementwise || node.is(op::PRelu) || node.is(op::Where) || node.is(op::Concat);
}

std::optional<Relaid> relaid(const Graph& graph, const Node& node, const Ints& perm) {
    int64_t rank = std::ssize(perm);
    Relaid same{node.attrs, perm};
    if (node.is(op::Concat)) {
        same.attrs.set("axis", perm[at(normalized_axis(node.integer("axis"), rank))]);
        return same;
    }
    if (joins_operands(node)) return same;
    if (node.is(op::Gather)) return relaid_gather(graph, node, perm);
    if (node.is(op::FullyConnected)) return perm.back() == rank - 1 ? std::optional(same) : std::nullopt;
    if (!has_static_parameters(node)) return std::nullopt;

    if (node.is(op::Softmax) || node.is(op::LogSoftmax) || node.is(op::L2Normalization) || node.is(op::LRN) ||
        node.is(op::TopK))
        return perm.back() == rank - 1 ? std::optional(same) : std::nullopt;
    if (node.is(op::Split) || node.is(op::CumSum)) {
        same.attrs.set("axis", perm[at(normalized_axis(node.integer("axis"), rank))]);
        return same;
    }
    if (node.is(op::ArgMax) || node.is(op::ArgMin)) {
        int64_t axis = normalized_axis(node.integer("axis"), rank);
        same.attrs.set("axis", perm[at(axis)]);
        same.out_perm = without(perm, {axis});
        return same;
    }
    if (is_reduction(node)) return relaid_reduction(node, perm);
    if (node.is(op::Dequantize) && graph.type(node.inputs[0]).dtype != DType::f16 && graph.type(node.inputs[0]).quant->axis < 0)
        return same;
    if (node.is(op::Quantize) && node.integer("axis") < 0) return same;
    if (node.is(op::Reverse)) {
        Ints axes = node.ints("axes");
        for (int64_t& axis : axes) axis = perm[at(normalized_axis(axis, rank))];
        same.attrs.set("axes", std::move(axes));
        return same;
    }
    if (node.is(op::Slice)) {
        for (auto name : {"starts", "ends", "steps"}) scatter(same.attrs, node, name, perm);
        return same;
    }
    if (node.is(op::Pad)) {
        for (auto name : {"before", "after"}) scatter(same.attrs, node, name, perm);
        return same;
    }
    if (node.is(op::Tile)) {
        scatter(same.attrs, node, "repeats", perm);
        return same;
    }
    if (node.is(op::Expand) && std::ssize(node.ints("shape")) == rank) {
        scatter(same.attrs, node, "shape", perm);
        return same;
    }
    if (node.is(op::Reshape)) {
        auto swapped = swap_reshape(permuted(graph.type(node.inputs[0]).shape, inverse(perm)), perm, node.ints("shape"));
        if (!swapped) return std::nullopt;
        same.attrs.set("shape", swapped->middle);
        same.out_perm = swapped->after;
        return same;
    }
    return std::nullopt;
}

}  // namespace tinsmith
