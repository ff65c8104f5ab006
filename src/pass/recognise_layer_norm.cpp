// Before: x * s + (b - m * s), with m = ReduceMean(x) and s = Rsqrt(ReduceMean(SquaredDifference(x, m)) + e) * g   (TensorFlow's form)
// After:  (x - m) * r * g + b, with d = x - m and r = Rsqrt(ReduceMean(Square(d)) + e)
// When:   float32. The second form is one operator shorter, shares x - m, cancels better, and leaves "* g + b" where it folds into
//         what follows. PyTorch's primitives, (x - m) / Sqrt(ReduceMean(Pow(x - m, 2)) + e) * g + b, get there by simplify_arithmetic.
#include "op/list.hpp"
#include "pass/passes.hpp"
#include "pass/relayout.hpp"

namespace tinsmith {

namespace {

const Node* plain(const Rewriter& r, ValueId id, const OpDef& op) {
    const Node* node = r.producer(id, op);
    return node && r.uses(id) == 1 && node->text("activation") == "none" ? node : nullptr;
}

// Mul(a, b) either way round, where one operand is `a`: the other.
ValueId other_factor(const Node& mul, ValueId a) {
    if (mul.inputs[0] == a) return mul.inputs[1];
    return mul.inputs[1] == a ? mul.inputs[0] : no_value;
}

struct Moments {
    ValueId x, mean, scale, offset;
};

// Add(Mul(x, s), Sub(b, Mul(m, s))), m the mean of x.
std::optional<Moments> match(const Rewriter& r, const Node& add) {
    for (size_t i : {size_t{0}, size_t{1}}) {
        const Node* scaled = plain(r, add.inputs[i], op::Mul);
        const Node* shifted = plain(r, add.inputs[1 - i], op::Sub);
        const Node* product = shifted ? plain(r, shifted->inputs[1], op::Mul) : nullptr;
        if (!scaled || !product) continue;
        for (ValueId m : product->inputs) {
            const Node* mean = r.producer(m, op::ReduceMean);
            if (!mean || !has_static_parameters(*mean) || !mean->flag("keepdims")) continue;
            ValueId x = mean->inputs[0], s = other_factor(*product, m);
            if (other_factor(*scaled, x) == s) return Moments{x, m, s, shifted->inputs[0]};
        }
    }
    return std::nullopt;
}

}  // namespace

int recognise_layer_norm(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (!node.is(op::Add) || node.text("activation") != "none") return false;
        auto found = match(r, node);
        if (!found) return false;
        ValueId difference = r.add(op::Sub, {found->x, found->mean});
        // s = Mul(Rsqrt(Add(ReduceMean(SquaredDifference(x, m)), e)), g), g perhaps absent.
        ValueId scale = found->scale, gain = no_value;
        if (const Node* mul = r.producer(scale, op::Mul))
            for (size_t i : {size_t{0}, size_t{1}})
                if (r.graph.is_constant(mul->inputs[i])) gain = mul->inputs[i], scale = mul->inputs[1 - i];
        const Node* rsqrt = r.producer(scale, op::Rsqrt);
        const Node* biased = rsqrt ? r.producer(rsqrt->inputs[0], op::Add) : nullptr;
        const Node* variance = biased ? r.producer(biased->inputs[0], op::ReduceMean) : nullptr;
        const Node* deviation =
            variance && has_static_parameters(*variance) ? r.producer(variance->inputs[0], op::SquaredDifference) : nullptr;
        if (deviation && deviation->inputs == std::vector<ValueId>{found->x, found->mean} &&
            biased->text("activation") == "none") {
            Attrs axes = variance->attrs;
            ValueId epsilon = biased->inputs[1];
            ValueId square = r.add(op::Square, {difference});
            ValueId spread = r.add(op::ReduceMean, {square}, std::move(axes));
            scale = r.add(op::Rsqrt, {r.add(op::Add, {spread, epsilon})});
        }
        ValueId y = r.add(op::Mul, {difference, scale});
        if (gain != no_value) y = r.add(op::Mul, {y, gain});
        r.replace(node.outputs[0], r.add(op::Add, {y, found->offset}));
        return true;
    });
}

}  // namespace tinsmith
