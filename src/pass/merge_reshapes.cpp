// Before: Reshape(Reshape(x)), Expand or Transpose that only inserts, drops or moves dimensions of one element
// After:  Reshape(x)
// When:   no run-time parameters, and the elements keep their scale.
#include "ir/permutation.hpp"
#include "op/list.hpp"
#include "pass/passes.hpp"
#include "pass/relayout.hpp"

namespace tinsmith {

int merge_reshapes(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (!has_static_parameters(node)) return false;
        ValueId x = node.inputs[0];
        if (r.type(x).quant != r.type(node.outputs[0]).quant) return false;
        const Shape shape = r.shape(node.outputs[0]);
        const Node* before = r.producer(x, op::Reshape);
        bool merges = before && has_static_parameters(*before);
        bool becomes_reshape = node.is(op::Expand) ? r.type(x).elements() == r.type(node.outputs[0]).elements()
                                                   : node.is(op::Transpose) && moves_only_units(r.shape(x), node.ints("perm"));
        if (!becomes_reshape && !(node.is(op::Reshape) && (merges || r.shape(x) == shape))) return false;
        r.replace(node.outputs[0], reshaped(r, x, shape));
        return true;
    });
}

}  // namespace tinsmith
