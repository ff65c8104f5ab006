// Before: Mul(Mul(x, a), b)   Add(Add(x, a), b)   Mul(Add(Mul(x, a), b), c)          Mul(Square(Mul(x, a)), b)
// After:  Mul(x, a * b)       Add(x, a + b)       Add(Mul(x, a * c), b * c)          Mul(Square(x), a * a * b)
// When:   a, b, c are constant and do not grow x; nothing else reads the steps between; float32. Off by the rounding of one operation.
#include "op/list.hpp"
#include "pass/passes.hpp"

namespace tinsmith {

namespace {

struct WithConstant {
    ValueId x, constant;
};

// Add or Mul, without activation, of a constant that x's shape covers.
std::optional<WithConstant> with_constant(const Rewriter& r, const Node* node, const OpDef& op, bool last) {
    if (!node || !node->is(op) || (!last && node->text("activation") != "none")) return std::nullopt;
    for (size_t i : {size_t{0}, size_t{1}}) {
        ValueId x = node->inputs[i], c = node->inputs[1 - i];
        if (r.graph.is_constant(c) && !r.graph.is_constant(x) && r.shape(x) == r.shape(node->outputs[0]))
            return WithConstant{x, c};
    }
    return std::nullopt;
}

std::optional<WithConstant> below(const Rewriter& r, ValueId x, const OpDef& op) {
    return r.uses(x) == 1 ? with_constant(r, r.producer(x), op, false) : std::nullopt;
}

// The product or sum of two constants, as long as it is folded and no larger than x.
ValueId combined(Rewriter& r, const OpDef& op, ValueId a, ValueId b) {
    ValueId c = r.add(op, {a, b});
    return r.graph.is_constant(c) ? c : no_value;
}

ValueId merged(Rewriter& r, const Node& n) {
    const OpDef& op = *n.op;
    auto outer = with_constant(r, &n, op, true);
    if (!outer) return no_value;
    if (auto inner = below(r, outer->x, op)) {
        ValueId c = combined(r, op, inner->constant, outer->constant);
        return c == no_value ? c : r.add(op, {inner->x, c}, n.attrs);
    }
    if (!n.is(op::Mul)) return no_value;
    if (auto sum = below(r, outer->x, op::Add))
        if (auto inner = below(r, sum->x, op::Mul)) {
            ValueId scale = combined(r, op::Mul, inner->constant, outer->constant);
            ValueId offset = combined(r, op::Mul, sum->constant, outer->constant);
            if (scale == no_value || offset == no_value) return no_value;
            return r.add(op::Add, {r.add(op::Mul, {inner->x, scale}), offset}, n.attrs);
        }
    const Node* square = r.only_producer(outer->x, op::Square);
    if (auto inner = square ? below(r, square->inputs[0], op::Mul) : std::nullopt) {
        ValueId c = combined(r, op::Mul, r.add(op::Square, {inner->constant}), outer->constant);
        return c == no_value ? c : r.add(op::Mul, {r.add(op::Square, {inner->x}), c}, n.attrs);
    }
    return no_value;
}

}  // namespace

int merge_constant_arithmetic(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if ((!node.is(op::Add) && !node.is(op::Mul)) || r.type(node.outputs[0]).dtype != DType::f32) return false;
        ValueId result = merged(r, node);
        if (result == no_value) return false;
        r.replace(node.outputs[0], result);
        return true;
    });
}

}  // namespace tinsmith
