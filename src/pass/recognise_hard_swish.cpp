// Before: x * Relu6(x + 3) / 6, in any bracketing; x * Relu0To1(x / 6 + 0.5)
// After:  HardSwish(x)
// When:   the literals are these to within their rounding; nothing else reads the steps between.
#include "op/list.hpp"
#include "pass/constant.hpp"
#include "pass/passes.hpp"
#include "pass/product.hpp"

namespace tinsmith {

namespace {

// Add(x, c) with a uniform c.
bool adds(const Rewriter& r, const Node* add, ValueId x, double c) {
    if (!add || !add->is(op::Add) || add->text("activation") != "none") return false;
    auto sum = with_scalar(r.graph, *add);
    return sum && sum->x == x && about(sum->scalar, c);
}

// The scalar by which clip(…) must be multiplied to be the gate of HardSwish(x); 0 when it is none.
double gate_scale(const Rewriter& r, ValueId gate, ValueId x) {
    const Node* clip = r.producer(gate);
    if (!clip || r.uses(gate) != 1) return 0;
    if (clip->is(op::Relu6) && adds(r, r.producer(clip->inputs[0]), x, 3)) return 1.0 / 6;
    if (!clip->is(op::Relu0To1)) return 0;
    const Node* add = r.producer(clip->inputs[0], op::Add);
    if (!add || add->text("activation") != "none") return 0;
    auto sum = with_scalar(r.graph, *add);
    if (!sum || !about(sum->scalar, 0.5)) return 0;
    const Node* mul = r.producer(sum->x, op::Mul);
    auto scaled = mul && mul->text("activation") == "none" ? with_scalar(r.graph, *mul) : std::nullopt;
    return scaled && scaled->x == x && about(scaled->scalar, 1.0 / 6) ? 1 : 0;
}

}  // namespace

int recognise_hard_swish(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (!node.is(op::Mul) && !node.is(op::Div)) return false;
        auto product = product_of(r, node);
        if (!product || product->factors.size() != 2) return false;
        for (size_t i : {size_t{0}, size_t{1}}) {
            ValueId x = product->factors[i];
            double scale = gate_scale(r, product->factors[1 - i], x);
            if (scale == 0 || !about(product->scalar, scale)) continue;
            r.replace(node.outputs[0], r.add(op::HardSwish, {x}));
            return true;
        }
        return false;
    });
}

}  // namespace tinsmith
