// Before: Reshape(Reduce(x)) that only drops or keeps the reduced dimensions, or drops dimensions of one element
// After:  Reduce(x) {keepdims}, those dimensions reduced as well: the sum, mean, ... of one element is itself
// When:   nothing else reads the reduction.
#include "op/list.hpp"
#include "pass/layout.hpp"
#include "pass/passes.hpp"
#include "pass/relayout.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

// The axes that, removed from `shape`, leave `target`: the reduced ones, and ones where the two differ.
std::optional<Ints> axes_that_leave(const Shape& target, const Shape& shape, const Ints& reduced) {
    Ints axes;
    size_t t = 0;
    for (size_t d = 0; d < shape.size(); ++d) {
        bool is_reduced = std::binary_search(reduced.begin(), reduced.end(), static_cast<int64_t>(d));
        if (!is_reduced && t < target.size() && shape[d] == target[t]) {
            ++t;
            continue;
        }
        if (!is_reduced && shape[d] != 1) return std::nullopt;
        axes.push_back(static_cast<int64_t>(d));
    }
    return t == target.size() ? std::optional(axes) : std::nullopt;
}

}  // namespace

int merge_reductions(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (!node.is(op::Reshape) || !has_static_parameters(node) || r.uses(node.inputs[0]) != 1) return false;
        const Node* reduce = r.producer(node.inputs[0]);
        if (!reduce || !is_reduction(*reduce) || !has_static_parameters(*reduce)) return false;
        ValueId x = reduce->inputs[0];
        const Shape& shape = r.shape(x);
        Ints axes = reduced_axes(*reduce, std::ssize(shape));
        Shape kept = shape;
        for (int64_t axis : axes) kept[static_cast<size_t>(axis)] = 1;
        bool keeps = r.shape(node.outputs[0]) == kept;
        auto dropped = keeps ? std::optional(axes) : axes_that_leave(r.shape(node.outputs[0]), shape, axes);
        if (!dropped) return false;
        Node merged = *reduce;
        merged.attrs.set("axes", *dropped);
        merged.attrs.set("keepdims", keeps);
        r.replace(node.outputs[0], r.add_like(merged, merged.inputs)[0]);
        return true;
    });
}

}  // namespace tinsmith
