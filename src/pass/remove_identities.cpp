// Before: a node that returns its operand: Reshape to the same shape, Add of 0, Concat of one, Slice of everything, ...
// After:  the operand.
// When:   exactly equal in every element (a zero's sign apart), of the same type, no activation fused onto it.
#include "ir/permutation.hpp"
#include "op/list.hpp"
#include "pass/constant.hpp"
#include "pass/passes.hpp"
#include "pass/relayout.hpp"

#include <algorithm>
#include <limits>

namespace tinsmith {

namespace {

bool all_are(const Ints& list, int64_t value) {
    return std::all_of(list.begin(), list.end(), [&](int64_t item) { return item == value; });
}

// The dimensions that attribute `axes` names (negative ones from the end) have one element each.
bool has_unit_axes(const Graph& g, const Node& n) {
    const Shape& shape = g.type(n.inputs[0]).shape;
    const Ints& axes = n.ints("axes");
    return std::all_of(axes.begin(), axes.end(),
                       [&](int64_t axis) { return shape[static_cast<size_t>(normalized_axis(axis, std::ssize(shape)))] == 1; });
}

bool moves_nothing(const Graph& g, const Node& n) {
    if (n.is(op::Concat)) return n.inputs.size() == 1;
    if (n.is(op::Reshape) || n.is(op::Expand)) return n.inputs.size() == 1;  // the types agree
    if (n.is(op::Cast)) return true;
    if (n.is(op::Transpose)) return is_identity(n.ints("perm"));
    if (n.is(op::Split)) return n.outputs.size() == 1;
    if (!has_static_parameters(n)) return false;
    if (n.is(op::Slice)) return all_are(n.ints("steps"), 1);  // nothing is left out
    if (n.is(op::Pad)) return all_are(n.ints("before"), 0) && all_are(n.ints("after"), 0);
    if (n.is(op::Tile)) return all_are(n.ints("repeats"), 1);
    if (n.is(op::Reverse)) return has_unit_axes(g, n);
    if (n.is(op::MaxPool) || n.is(op::AveragePool))
        return all_are(n.ints("kernel"), 1) && all_are(n.ints("strides"), 1) && all_are(n.ints("pads"), 0) &&
               n.text("activation") == "none";
    return false;
}

bool reduces_nothing(const Graph& g, const Node& n) {
    if (!n.is(op::ReduceSum) && !n.is(op::ReduceMean) && !n.is(op::ReduceMax) && !n.is(op::ReduceMin) && !n.is(op::ReduceProd))
        return false;
    if (!has_static_parameters(n)) return false;
    return has_unit_axes(g, n);
}

// The operand that a node of two operands returns because the other is its neutral element.
ValueId other_than_neutral(const Graph& g, const Node& n) {
    auto found = with_scalar(g, n);
    if (!found) return no_value;
    double c = found->scalar;
    bool right = !found->scalar_first;
    bool neutral = false;
    if (n.is(op::Add)) neutral = c == 0;
    if (n.is(op::Mul)) neutral = c == 1;
    if (n.is(op::Sub)) neutral = right && c == 0;
    if (n.is(op::Div) || n.is(op::Pow)) neutral = right && c == 1;
    bool f32 = g.type(found->x).dtype == DType::f32;
    if (n.is(op::Max)) neutral = f32 && c <= std::numeric_limits<float>::lowest();
    if (n.is(op::Min)) neutral = f32 && c >= std::numeric_limits<float>::max();
    if (!neutral) return no_value;
    bool can_fuse = n.is(op::Add) || n.is(op::Mul) || n.is(op::Sub) || n.is(op::Div);
    return can_fuse && n.text("activation") != "none" ? no_value : found->x;
}

// f(f(x)): which node undoes its producer, or repeats it.
ValueId under_pair(const Rewriter& r, const Node& n) {
    const Node* before = r.producer(n.inputs[0]);
    if (!before) return no_value;
    if ((n.is(op::Neg) && before->is(op::Neg)) || (n.is(op::Not) && before->is(op::Not))) return before->inputs[0];
    bool idempotent = n.is(op::Relu) || n.is(op::Relu6) || n.is(op::ReluN1To1) || n.is(op::Relu0To1) || n.is(op::Abs) ||
                      n.is(op::Floor) || n.is(op::Ceil) || n.is(op::Round) || n.is(op::Sign);
    if (idempotent && before->op == n.op) return n.inputs[0];
    if (n.is(op::Relu) && (before->is(op::Relu6) || before->is(op::Relu0To1) || before->is(op::Sigmoid) ||
                           before->is(op::Abs) || before->is(op::Softmax)))
        return n.inputs[0];
    return no_value;
}

}  // namespace

int remove_identities(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (node.inputs.empty() || node.inputs[0] == no_value) return false;
        const Type& out = r.type(node.outputs[0]);
        ValueId same = no_value;
        if (r.type(node.inputs[0]) == out && moves_nothing(r.graph, node)) same = node.inputs[0];
        // What follows knows real numbers alone: a stored 0 is no zero, and every operator changes scales.
        if (same == no_value && is_quantised(r.graph, node)) return false;
        if (same == no_value) same = other_than_neutral(r.graph, node);
        if (same == no_value) same = under_pair(r, node);
        if (same == no_value && reduces_nothing(r.graph, node)) same = reshaped(r, node.inputs[0], Shape(out.shape));
        if (same == no_value) return false;
        r.replace(node.outputs[0], same);
        return true;
    });
}

}  // namespace tinsmith
