// Before: 1 / (1 + Exp(Neg(x)))
// After:  Sigmoid(x)
// When:   float32. (Swish stays Mul(x, Sigmoid(x)): TFLite has no operator for it, LiteRT runs the two in one go.)
#include "op/list.hpp"
#include "pass/constant.hpp"
#include "pass/passes.hpp"

namespace tinsmith {

int recognise_sigmoid(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (!node.is(op::Div) || !is_uniform(r.graph, node.inputs[0], 1) || node.text("activation") != "none") return false;
        const Node* add = r.producer(node.inputs[1], op::Add);
        if (!add || add->text("activation") != "none") return false;
        auto sum = with_scalar(r.graph, *add);
        if (!sum || sum->scalar != 1) return false;
        const Node* exp = r.producer(sum->x, op::Exp);
        const Node* neg = exp ? r.producer(exp->inputs[0], op::Neg) : nullptr;
        if (!neg || r.shape(neg->inputs[0]) != r.shape(node.outputs[0])) return false;
        r.replace(node.outputs[0], r.add(op::Sigmoid, {neg->inputs[0]}));
        return true;
    });
}

}  // namespace tinsmith
