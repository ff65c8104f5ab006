// Before: Conv(Pad(x, 0)), DepthwiseConv(Pad(x, 0)), Conv3D(Pad(x, 0)), MaxPool(Pad(x, v))
// After:  the convolution or pool with larger `pads`
// When:   only spatial dimensions are padded, with the constant 0; for MaxPool with a value that never wins: -inf, or at most 0 before
//         a pool of what is never negative, where every window keeps a cell of x. AveragePool never: it does not count its padding.
#include "op/list.hpp"
#include "op/pad.hpp"
#include "pass/passes.hpp"

#include <algorithm>
#include <limits>

namespace tinsmith {

namespace {

bool never_negative(const Rewriter& r, ValueId id) {
    const Node* n = r.producer(id);
    if (!n) return false;
    if (n->is(op::Relu) || n->is(op::Relu6) || n->is(op::Relu0To1) || n->is(op::Sigmoid) || n->is(op::Abs) ||
        n->is(op::Softmax))
        return true;
    bool can_fuse =
        std::any_of(n->op->attrs.begin(), n->op->attrs.end(), [](const AttrSpec& s) { return s.name == "activation"; });
    return can_fuse && (n->text("activation") == "relu" || n->text("activation") == "relu6");
}

bool every_window_has_a_cell(const Ints& pads, const Ints& kernel) {
    for (size_t d = 0; d < kernel.size(); ++d)
        if (pads[d] >= kernel[d] || pads[kernel.size() + d] >= kernel[d]) return false;
    return true;
}

}  // namespace

int fold_padding(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        bool convolves = node.is(op::Conv) || node.is(op::DepthwiseConv) || node.is(op::Conv3D);
        if (!convolves && !node.is(op::MaxPool)) return false;
        const Node* pad = r.producer(node.inputs[0], op::Pad);
        if (!pad || r.type(pad->inputs[0]).dtype != DType::f32) return false;
        auto pads = joined_pads(*pad, node.ints("pads"));
        if (!pads) return false;
        double value = pad->real("value");
        if (convolves && value != 0) return false;
        if (!convolves) {
            bool loses = value <= std::numeric_limits<float>::lowest() || (value <= 0 && never_negative(r, pad->inputs[0]));
            if (!loses || !every_window_has_a_cell(*pads, node.ints("kernel"))) return false;
        }
        Node padded = node;
        padded.inputs[0] = pad->inputs[0];
        padded.attrs.set("pads", *pads);
        r.replace(node.outputs[0], r.add_like(padded, padded.inputs)[0]);
        return true;
    });
}

}  // namespace tinsmith
