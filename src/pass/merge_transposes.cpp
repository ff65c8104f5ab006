// Before: Transpose(Transpose(x, p), q)
// After:  Transpose(x, p∘q), or x where that is the identity
// When:   always.
#include "op/list.hpp"
#include "pass/passes.hpp"
#include "pass/relayout.hpp"

namespace tinsmith {

int merge_transposes(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (!node.is(op::Transpose) || !r.producer(node.inputs[0], op::Transpose)) return false;
        r.replace(node.outputs[0], transposed(r, node.inputs[0], node.ints("perm")));
        return true;
    });
}

}  // namespace tinsmith
