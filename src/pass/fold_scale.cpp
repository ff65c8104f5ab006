// Before: Mul(f(x, W, b), s), f a convolution or matrix product, s a constant per output channel
// After:  f(x, W * s, b * s)
// When:   nothing else reads f's output and no activation stands between. A batch normalisation is this and fuse_bias.
// Formula: s * (sum(x * w) + b) = sum(x * (s * w)) + s * b
#include "op/list.hpp"
#include "pass/constant.hpp"
#include "pass/passes.hpp"
#include "pass/weighted.hpp"

namespace tinsmith {

int fold_scale(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (!node.is(op::Mul)) return false;
        for (size_t i : {size_t{0}, size_t{1}}) {
            ValueId y = node.inputs[i], scale = node.inputs[1 - i];
            const Node* product = r.producer(y);
            if (!product || r.uses(y) != 1) continue;
            auto f = weighted(r.graph, *product);
            if (!f || product->text("activation") != "none" || r.shape(y) != r.shape(node.outputs[0])) continue;
            if (!is_per_channel(r.graph, scale, f->out_channels, r.type(y).rank())) continue;
            Node scaled = *product;
            scaled.attrs.set("activation", node.text("activation"));
            scaled.inputs[1] = r.add(op::Mul, {f->weights, along(r, scale, f->out_axis, r.shape(f->weights).size())});
            if (f->bias != no_value) scaled.inputs[2] = r.add(op::Mul, {f->bias, as_vector(r, scale, f->out_channels)});
            r.replace(node.outputs[0], r.add_like(scaled, scaled.inputs)[0]);
            return true;
        }
        return false;
    });
}

}  // namespace tinsmith
