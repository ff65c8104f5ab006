// Before: x * s + (b - m * s), with m = ReduceMean(x) and s = Rsqrt(ReduceMean(SquaredDifference(x, m)) + e) * g   (TensorFlow's form)
//         x * s + (-m * s + b), x * s + -m * s                                                                      (Keras 3's)
// After:  (x - m) * r * g + b, with d = x - m and r = Rsqrt(ReduceMean(Square(d)) + e)
// When:   float32. The second form is one operator shorter, shares x - m, cancels better, and leaves "* g + b" where it folds into
//         what follows. PyTorch's primitives, (x - m) / Sqrt(ReduceMean(Pow(x - m, 2)) + e) * g + b, get there by simplify_arithmetic.
#include "op/list.hpp"
#include "pass/passes.hpp"
#include "pass/relayout.hpp"

namespace tinsmith {

namespace {

const Node* plain(const Rewriter& r, ValueId id, const OpDef& op) {
    const Node* node = r.only_producer(id, op);
    return node && node->text("activation") == "none" ? node : nullptr;
}

// Mul(a, b) either way round, where one operand is `a`: the other.
ValueId other_factor(const Node& mul, ValueId a) {
    if (mul.inputs[0] == a) return mul.inputs[1];
    return mul.inputs[1] == a ? mul.inputs[0] : no_value;
}

struct Moments {
    ValueId x, mean, scale, offset;  // no_value where there is no offset
};

// b - m * s
struct Shift {
    const Node* product = nullptr;  // m * s, or -m * s
    bool negated = false;
    ValueId offset = no_value;
};

std::optional<Shift> shift_of(const Rewriter& r, ValueId id) {
    if (const Node* sub = plain(r, id, op::Sub)) {
        const Node* product = plain(r, sub->inputs[1], op::Mul);
        return product ? std::optional(Shift{product, false, sub->inputs[0]}) : std::nullopt;
    }
    if (const Node* product = plain(r, id, op::Mul)) return Shift{product, true, no_value};
    if (const Node* sum = plain(r, id, op::Add))
        for (size_t i : {size_t{0}, size_t{1}})
            if (const Node* product = plain(r, sum->inputs[i], op::Mul)) return Shift{product, true, sum->inputs[1 - i]};
    return std::nullopt;
}

// What a factor of the shift's product is the mean of, as this node computes it.
const Node* mean_of(const Rewriter& r, ValueId factor, bool negated) {
    if (negated) {
        const Node* turned = r.producer(factor, op::Neg);
        factor = turned ? turned->inputs[0] : no_value;
    }
    const Node* mean = r.producer(factor, op::ReduceMean);
    return mean && has_static_parameters(*mean) && mean->flag("keepdims") ? mean : nullptr;
}

// Add(Mul(x, s), b - m * s), m the mean of x.
std::optional<Moments> match(const Rewriter& r, const Node& add) {
    for (size_t i : {size_t{0}, size_t{1}}) {
        const Node* scaled = plain(r, add.inputs[i], op::Mul);
        const auto shift = scaled ? shift_of(r, add.inputs[1 - i]) : std::nullopt;
        if (!shift) continue;
        for (ValueId factor : shift->product->inputs) {
            const Node* mean = mean_of(r, factor, shift->negated);
            if (!mean) continue;
            const ValueId x = mean->inputs[0], s = other_factor(*shift->product, factor);
            if (other_factor(*scaled, x) == s) return Moments{x, mean->outputs[0], s, shift->offset};
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
        if (found->offset != no_value) y = r.add(op::Add, {y, found->offset});
        r.replace(node.outputs[0], y);
        return true;
    });
}

}  // namespace tinsmith
