// Before: Mul(f(x, W, b), s) or Add(f(x, W, b), t), f a convolution or matrix product, s and t constants per output channel
// After:  f(x, W * s, b * s) or f(x, W, b + t)
// When:   nothing else reads f's output and no activation stands between. One walk folds any chain of both; a batch normalisation is
//         one of each.
// Formula: s * (sum(x * w) + b) + t = sum(x * (s * w)) + (s * b + t)
#include "op/list.hpp"
#include "pass/constant.hpp"
#include "pass/passes.hpp"
#include "pass/weighted.hpp"

namespace tinsmith {

int fold_batch_norm(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (!node.is(op::Mul) && !node.is(op::Add)) return false;
        for (size_t i : {size_t{0}, size_t{1}}) {
            ValueId y = node.inputs[i], constant = node.inputs[1 - i];
            const Node* product = r.producer(y);
            if (!product || r.uses(y) != 1) continue;
            auto f = weighted(r.graph, *product);
            if (!f || product->text("activation") != "none" || r.shape(y) != r.shape(node.outputs[0])) continue;
            if (!is_per_channel(r.graph, constant, f->out_channels, r.type(y).rank())) continue;
            Node folded = *product;
            if (node.text("activation") != "none") folded.attrs.set("activation", node.text("activation"));
            folded.inputs.resize(3, no_value);
            ValueId vector = as_vector(r, constant, f->out_channels);
            if (node.is(op::Mul)) {
                folded.inputs[1] = r.add(op::Mul, {f->weights, along(r, constant, f->out_axis, r.shape(f->weights).size())});
                if (f->bias != no_value) folded.inputs[2] = r.add(op::Mul, {f->bias, vector});
            } else {
                folded.inputs[2] = f->bias == no_value ? vector : r.add(op::Add, {f->bias, vector});
            }
            if (folded.inputs[2] == no_value) folded.inputs.pop_back();
            r.replace(node.outputs[0], r.add_like(folded, folded.inputs)[0]);
            return true;
        }
        return false;
    });
}

}  // namespace tinsmith
