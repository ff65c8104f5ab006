// Before: x / Max(Sqrt(ReduceSum(Square(x), last, keepdims)), e)
// After:  L2Normalization(x)
// When:   over the last dimension, 0 < e <= 1e-6. TFLite divides by max(norm, 1e-6): the same for every norm of at least 1e-6, and
//         shorter vectors are noise to any network that was trained with such an e.
#include "op/list.hpp"
#include "pass/constant.hpp"
#include "pass/layout.hpp"
#include "pass/passes.hpp"
#include "pass/relayout.hpp"

namespace tinsmith {

int recognise_l2_normalization(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (!node.is(op::Div) || node.text("activation") != "none") return false;
        ValueId x = node.inputs[0], norm = node.inputs[1];
        if (const Node* expand = r.producer(norm, op::Expand); expand && has_static_parameters(*expand))
            norm = expand->inputs[0];
        const Node* max = r.producer(norm, op::Max);
        auto bound = max ? with_scalar(r.graph, *max) : std::nullopt;
        if (!bound || bound->scalar <= 0 || bound->scalar > 1e-6) return false;
        const Node* root = r.producer(bound->x, op::Sqrt);
        const Node* sum = root ? r.producer(root->inputs[0], op::ReduceSum) : nullptr;
        int64_t rank = r.type(x).rank();
        if (!sum || !has_static_parameters(*sum) || !sum->flag("keepdims") || reduced_axes(*sum, rank) != Ints{rank - 1})
            return false;
        const Node* square = r.producer(sum->inputs[0], op::Square);
        if (!square || square->inputs[0] != x) return false;
        r.replace(node.outputs[0], r.add(op::L2Normalization, {x}));
        return true;
    });
}

}  // namespace tinsmith
