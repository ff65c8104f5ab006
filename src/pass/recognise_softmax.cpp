// Before: e / ReduceSum(e, last, keepdims)         e = Exp(x), or Exp(x - ReduceMax(x, last, keepdims))
//         Log(Softmax(x))                          d - Log(ReduceSum(Exp(d), last, keepdims)),   d = x, or x - ReduceMax(x, ...)
// After:  Softmax(x)                               LogSoftmax(x)
// When:   over the last dimension. Equal up to rounding wherever the spelling itself does not overflow.
#include "op/list.hpp"
#include "pass/layout.hpp"
#include "pass/passes.hpp"
#include "pass/relayout.hpp"

namespace tinsmith {

namespace {

bool reduces_last(const Rewriter& r, const Node& n) {
    return has_static_parameters(n) && n.flag("keepdims") &&
           reduced_axes(n, r.type(n.inputs[0]).rank()) == Ints{r.type(n.inputs[0]).rank() - 1};
}

// x of x - ReduceMax(x, last); `id` itself when it is not that.
ValueId without_maximum(const Rewriter& r, ValueId id) {
    const Node* sub = r.producer(id, op::Sub);
    if (!sub || sub->text("activation") != "none") return id;
    const Node* max = r.producer(sub->inputs[1], op::ReduceMax);
    return max && max->inputs[0] == sub->inputs[0] && reduces_last(r, *max) ? sub->inputs[0] : id;
}

// The operand of ReduceSum(Exp(d), last, keepdims).
ValueId sum_of_exp(const Rewriter& r, ValueId id) {
    const Node* sum = r.producer(id, op::ReduceSum);
    if (!sum || !reduces_last(r, *sum)) return no_value;
    const Node* exp = r.producer(sum->inputs[0], op::Exp);
    return exp ? exp->inputs[0] : no_value;
}

}  // namespace

int recognise_softmax(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (node.is(op::Div) && node.text("activation") == "none") {
            const Node* exp = r.producer(node.inputs[0], op::Exp);
            if (!exp || sum_of_exp(r, node.inputs[1]) != exp->inputs[0]) return false;
            r.replace(node.outputs[0], r.add(op::Softmax, {without_maximum(r, exp->inputs[0])}));
            return true;
        }
        if (node.is(op::Log)) {
            const Node* softmax = r.producer(node.inputs[0], op::Softmax);
            if (!softmax || softmax->real("beta") != 1) return false;
            r.replace(node.outputs[0], r.add(op::LogSoftmax, {softmax->inputs[0]}));
            return true;
        }
        if (!node.is(op::Sub) || node.text("activation") != "none") return false;
        const Node* log = r.producer(node.inputs[1], op::Log);
        if (!log || sum_of_exp(r, log->inputs[0]) != node.inputs[0]) return false;
        r.replace(node.outputs[0], r.add(op::LogSoftmax, {without_maximum(r, node.inputs[0])}));
        return true;
    });
}

}  // namespace tinsmith
