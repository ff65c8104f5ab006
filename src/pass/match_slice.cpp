// Before: Gather(x, constant indices i, i+1, i+2, ...)
// After:  Slice(x), and a Reshape where a scalar index drops the axis
// When:   the indices are one run. A classifier reads the class token so, and delegates take a Slice where they leave a Gather.
#include "op/list.hpp"
#include "pass/passes.hpp"
#include "pass/relayout.hpp"

namespace tinsmith {

int match_slice(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (!node.is(op::Gather) || node.integer("batch_dims") != 0 || !r.graph.is_constant(node.inputs[1])) return false;
        if (r.type(node.inputs[1]).rank() > 1 || r.type(node.inputs[1]).elements() == 0) return false;
        const std::vector<int64_t> indices = r.graph.constant_ints(node.inputs[1]);
        for (size_t i = 1; i < indices.size(); ++i)
            if (indices[i] != indices[i - 1] + 1) return false;
        const Shape shape = r.shape(node.inputs[0]);
        const auto axis = static_cast<size_t>(normalized_axis(node.integer("axis"), std::ssize(shape)));
        Ints starts(shape.size(), 0), ends = shape;
        starts[axis] = indices.front();
        ends[axis] = indices.back() + 1;
        ValueId slice =
            r.add(op::Slice, {node.inputs[0]}, {{"starts", starts}, {"ends", ends}, {"steps", Ints(shape.size(), 1)}});
        r.replace(node.outputs[0], reshaped(r, slice, Shape(r.shape(node.outputs[0]))));
        return true;
    });
}

}  // namespace tinsmith
