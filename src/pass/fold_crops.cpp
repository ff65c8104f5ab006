// Before: Slice(Conv(x)), Slice(DepthwiseConv(x)), Slice(Conv3D(x)) that cut off what padding alone made room for
// After:  the convolution with smaller `pads`
// When:   nothing else reads the convolution, and each side loses no more than its padding. TensorFlow pads to whole blocks so.
#include "op/list.hpp"
#include "pass/passes.hpp"
#include "pass/relayout.hpp"

namespace tinsmith {

int fold_crops(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (!node.is(op::Slice) || !has_static_parameters(node)) return false;
        const Node* conv = r.producer(node.inputs[0]);
        const bool convolves = conv && (conv->is(op::Conv) || conv->is(op::DepthwiseConv) || conv->is(op::Conv3D));
        if (!convolves || r.uses(node.inputs[0]) != 1) return false;
        const Shape in = r.shape(node.inputs[0]), out = r.shape(node.outputs[0]);
        const size_t axes = in.size() - 2;
        Ints pads = conv->ints("pads");
        for (size_t d = 0; d < in.size(); ++d) {
            if (in[d] == out[d] && node.ints("steps")[d] == 1) continue;
            if (d == 0 || d == in.size() - 1 || node.ints("steps")[d] != 1 || out[d] == 0) return false;
            const int64_t stride = conv->ints("strides")[d - 1], start = node.ints("starts")[d];
            pads[d - 1] -= start * stride;
            pads[axes + d - 1] -= (in[d] - start - out[d]) * stride;
            if (start < 0 || pads[d - 1] < 0 || pads[axes + d - 1] < 0) return false;
        }
        Node narrow = *conv;
        narrow.attrs.set("pads", pads);
        const ValueId y = r.add_like(narrow, narrow.inputs)[0];
        if (r.shape(y) != out) return false;
        r.replace(node.outputs[0], y);
        return true;
    });
}

}  // namespace tinsmith
