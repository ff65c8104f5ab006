// Before: MatMul(x, W) with a constant matrix W [I, O] (or [O, I] with adj_y)
// After:  FullyConnected(x, W transposed to [O, I])
// When:   x is not adjoint; leading dimensions of W are 1 and do not add to the rank of x.
#include "op/list.hpp"
#include "pass/passes.hpp"

namespace tinsmith {

int match_fully_connected(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (!node.is(op::MatMul) || node.flag("adj_x")) return false;
        ValueId x = node.inputs[0], w = node.inputs[1];
        if (!r.graph.is_constant(w) || r.graph.is_constant(x) || r.type(w).dtype != DType::f32) return false;
        Shape matrix = r.shape(w);
        if (r.type(w).rank() > r.type(x).rank()) return false;
        for (; matrix.size() > 2; matrix.erase(matrix.begin()))
            if (matrix.front() != 1) return false;
        if (r.shape(w) != matrix) w = r.add(op::Reshape, {w}, {{"shape", matrix}});
        if (!node.flag("adj_y")) w = r.add(op::Transpose, {w}, {{"perm", Ints{1, 0}}});
        if (!r.graph.is_constant(w)) return false;
        r.replace(node.outputs[0], r.add(op::FullyConnected, {x, w}));
        return true;
    });
}

}  // namespace tinsmith
