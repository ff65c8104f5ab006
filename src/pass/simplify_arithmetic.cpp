// Before: arithmetic that has a cheaper or a more common spelling:
//         Pow(x, 2) | x * x      Pow(x, 3)          Pow(x, 0.5)   Pow(x, -0.5)   Pow(x, -1)
//         1 / Sqrt(x)            a / Sqrt(x)        x / c         x - c          c + x, c * x
//         Square(a - b)          a + Neg(b)         a - Neg(b)
// After:  Square(x)              Square(x) * x      Sqrt(x)       Rsqrt(x)       1 / x
//         Rsqrt(x)               a * Rsqrt(x)       x * (1 / c)   x + (-c)       x + c, x * c
//         SquaredDifference(a, b)  a - b            a + b
// When:   c is constant; float32. Each is equal to within one rounding: x * (1 / c) is exact where c is a power of two, else off by
//         at most one unit in the last place, which is what lets a division by a constant fold into weights.
#include "op/list.hpp"
#include "pass/constant.hpp"
#include "pass/passes.hpp"

#include <cmath>

namespace tinsmith {

namespace {

ValueId simpler_power(Rewriter& r, const Node& n) {
    auto power = with_scalar(r.graph, n);
    if (!power || power->scalar_first) return no_value;
    ValueId x = power->x;
    if (power->scalar == 2) return r.add(op::Square, {x});
    if (power->scalar == 3) return r.add(op::Mul, {r.add(op::Square, {x}), x});
    if (power->scalar == 0.5) return r.add(op::Sqrt, {x});
    if (power->scalar == -0.5) return r.add(op::Rsqrt, {x});
    if (power->scalar == -1) return r.add(op::Div, {r.scalar(1, DType::f32), x});
    return no_value;
}

bool has_finite_reciprocals(const Graph& g, ValueId id) {
    for (float c : g.constant_floats(id))
        if (!std::isnormal(c) || !std::isnormal(1.0f / c)) return false;
    return true;
}

ValueId simpler_division(Rewriter& r, const Node& n) {
    ValueId a = n.inputs[0], b = n.inputs[1];
    if (r.graph.is_constant(b) && has_finite_reciprocals(r.graph, b)) {
        ValueId reciprocal = r.add(op::Div, {r.scalar(1, DType::f32), b});
        return r.graph.is_constant(reciprocal) ? r.add(op::Mul, {a, reciprocal}, n.attrs) : no_value;
    }
    const Node* root = r.producer(b, op::Sqrt);
    if (!root || r.uses(b) != 1) return no_value;
    ValueId rsqrt = r.add(op::Rsqrt, {root->inputs[0]});
    bool plain = is_uniform(r.graph, a, 1) && r.shape(rsqrt) == r.shape(n.outputs[0]) && n.text("activation") == "none";
    return plain ? rsqrt : r.add(op::Mul, {a, rsqrt}, n.attrs);
}

// Neg(b) with no other reader: b.
ValueId negated(const Rewriter& r, ValueId id) {
    const Node* neg = r.only_producer(id, op::Neg);
    return neg ? neg->inputs[0] : no_value;
}

ValueId simpler_sum(Rewriter& r, const Node& n) {
    ValueId a = n.inputs[0], b = n.inputs[1];
    if (n.is(op::Sub) && r.graph.is_constant(b)) {
        ValueId minus = r.add(op::Neg, {b});
        return r.graph.is_constant(minus) ? r.add(op::Add, {a, minus}, n.attrs) : no_value;
    }
    if (ValueId minus = negated(r, b); minus != no_value) return r.add(n.is(op::Sub) ? op::Add : op::Sub, {a, minus}, n.attrs);
    if (ValueId minus = negated(r, a); n.is(op::Add) && minus != no_value) return r.add(op::Sub, {b, minus}, n.attrs);
    return no_value;
}

ValueId simpler(Rewriter& r, const Node& n) {
    if (n.is(op::Pow)) return simpler_power(r, n);
    if (n.is(op::Div)) return simpler_division(r, n);
    if (n.is(op::Square)) {
        const Node* sub = r.producer(n.inputs[0], op::Sub);
        if (!sub || r.uses(n.inputs[0]) != 1 || sub->text("activation") != "none") return no_value;
        return r.add(op::SquaredDifference, {sub->inputs[0], sub->inputs[1]});
    }
    bool commutes = n.is(op::Add) || n.is(op::Mul) || n.is(op::Max) || n.is(op::Min);
    if (commutes && r.graph.is_constant(n.inputs[0]) && !r.graph.is_constant(n.inputs[1]))
        return r.add_like(n, {n.inputs[1], n.inputs[0]})[0];
    if (n.is(op::Mul) && n.inputs[0] == n.inputs[1] && n.text("activation") == "none") return r.add(op::Square, {n.inputs[0]});
    return n.is(op::Add) || n.is(op::Sub) ? simpler_sum(r, n) : no_value;
}

}  // namespace

int simplify_arithmetic(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (node.outputs.size() != 1 || r.type(node.outputs[0]).dtype != DType::f32) return false;
        ValueId result = simpler(r, node);
        if (result == no_value) return false;
        r.replace(node.outputs[0], result);
        return true;
    });
}

}  // namespace tinsmith
