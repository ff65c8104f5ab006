// Before: Add(f(x, W, b), c), f a convolution or matrix product, c a constant per output channel
// After:  f(x, W, b + c)
// When:   nothing else reads f's output and no activation stands between.
#include "op/list.hpp"
#include "pass/constant.hpp"
#include "pass/passes.hpp"
#include "pass/weighted.hpp"

namespace tinsmith {

int fuse_bias(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (!node.is(op::Add)) return false;
        for (size_t i : {size_t{0}, size_t{1}}) {
            ValueId y = node.inputs[i], offset = node.inputs[1 - i];
            const Node* product = r.producer(y);
            if (!product || r.uses(y) != 1) continue;
            auto f = weighted(r.graph, *product);
            if (!f || product->text("activation") != "none" || r.shape(y) != r.shape(node.outputs[0])) continue;
            if (!is_per_channel(r.graph, offset, f->out_channels, r.type(y).rank())) continue;
            Node biased = *product;
            biased.attrs.set("activation", node.text("activation"));
            ValueId bias = as_vector(r, offset, f->out_channels);
            if (f->bias != no_value) bias = r.add(op::Add, {f->bias, bias});
            biased.inputs.resize(3, no_value);
            biased.inputs[2] = bias;
            r.replace(node.outputs[0], r.add_like(biased, biased.inputs)[0]);
            return true;
        }
        return false;
    });
}

}  // namespace tinsmith
