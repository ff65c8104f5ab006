// Before: f(x * s + t, W, b), f a convolution or matrix product, s and t constants per input channel, either of them absent
// After:  f(x, W * s, b + sum over window and input channels of W * t)
// When:   every reader of x * s + t is such an f. With padding only s can fold: the border is padded after t was added.
// Formula: sum((x * s + t) * w) = sum(x * (s * w)) + sum(t * w)
#include "op/list.hpp"
#include "pass/constant.hpp"
#include "pass/passes.hpp"
#include "pass/weighted.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

bool folds_scale(const Graph& g, const Node& n) {
    return (n.is(op::Conv) || n.is(op::DepthwiseConv) || n.is(op::FullyConnected)) && weighted(g, n);
}

bool has_padding(const Node& n) {
    if (n.is(op::FullyConnected)) return false;
    const Ints& pads = n.ints("pads");
    return std::any_of(pads.begin(), pads.end(), [](int64_t p) { return p != 0; });
}

// How many readers each value has, and how many of them could take over a scale (or also an offset).
struct Readers {
    int all = 0, scalable = 0, shiftable = 0;
};

std::vector<Readers> count_readers(const Graph& g) {
    std::vector<Readers> readers(g.values.size());
    for (const Port& port : g.outputs) ++readers[port.value].all;
    for (const Node& n : g.nodes) {
        for (ValueId id : n.inputs)
            if (id != no_value) ++readers[id].all;
        if (!folds_scale(g, n)) continue;
        ++readers[n.inputs[0]].scalable;
        readers[n.inputs[0]].shiftable += has_padding(n) ? 0 : 1;
    }
    return readers;
}

// The constant operand of `node`, per channel of its run-time operand x.
struct PerChannel {
    ValueId x, constant;
};

std::optional<PerChannel> per_channel(const Rewriter& r, const Node* node, const OpDef& op) {
    if (!node || !node->is(op) || node->text("activation") != "none") return std::nullopt;
    for (size_t i : {size_t{0}, size_t{1}}) {
        ValueId x = node->inputs[i], c = node->inputs[1 - i];
        const Shape& shape = r.shape(x);
        if (!shape.empty() && shape == r.shape(node->outputs[0]) && is_per_channel(r.graph, c, shape.back(), r.type(x).rank()))
            return PerChannel{x, c};
    }
    return std::nullopt;
}

// W * c along the input channels, in a shape whose window and input dimensions are `inputs`; `back` is the shape of W.
ValueId times_inputs(Rewriter& r, const Node& f, ValueId c, Ints& inputs) {
    const Shape w = r.shape(f.inputs[1]);
    int64_t channels = r.shape(f.inputs[0]).back();
    c = as_vector(r, c, channels);
    Shape open, factor;
    if (f.is(op::FullyConnected)) {
        open = w, factor = {1, channels}, inputs = {1};
    } else if (f.is(op::DepthwiseConv)) {
        open = {w[1], w[2], channels, w[3] / channels}, factor = {1, 1, channels, 1}, inputs = {0, 1};
    } else {
        int64_t group = f.integer("group");
        open = {group, w[0] / group, w[1], w[2], w[3]}, factor = {group, 1, 1, 1, w[3]}, inputs = {2, 3, 4};
    }
    ValueId weights = r.add(op::Reshape, {f.inputs[1]}, {{"shape", open}});
    return r.add(op::Mul, {weights, r.add(op::Reshape, {c}, {{"shape", factor}})});
}

void fold_offset(Rewriter& r, Node& f, ValueId t) {
    Ints axes;
    ValueId products = times_inputs(r, f, t, axes);
    ValueId sums = r.add(op::ReduceSum, {products}, {{"axes", axes}, {"keepdims", false}});
    ValueId bias = as_vector(r, sums, r.type(sums).elements());
    f.inputs.resize(3, no_value);
    f.inputs[2] = f.inputs[2] == no_value ? bias : r.add(op::Add, {f.inputs[2], bias});
}

}  // namespace

int fold_scale_into_next(Graph& graph, const PassOptions&) {
    std::vector<Readers> readers = count_readers(graph);
    auto of = [&](ValueId id) { return id < readers.size() ? readers[id] : Readers{}; };
    return rewrite(graph, [&](Rewriter& r, const Node& node) {
        if (!folds_scale(r.graph, node)) return false;
        ValueId x = node.inputs[0];
        auto offset = per_channel(r, r.producer(x), op::Add);
        if (offset && (of(x).all == 0 || of(x).all != of(x).shiftable)) return false;
        bool only_reader = offset ? r.uses(offset->x) == 1 : of(x).all > 0 && of(x).all == of(x).scalable;
        auto scale = only_reader ? per_channel(r, r.producer(offset ? offset->x : x), op::Mul) : std::nullopt;
        if (!offset && !scale) return false;
        Node folded = node;
        if (offset) fold_offset(r, folded, offset->constant);
        if (scale) {
            Ints axes;
            ValueId products = times_inputs(r, folded, scale->constant, axes);
            folded.inputs[1] = r.add(op::Reshape, {products}, {{"shape", Shape(r.shape(folded.inputs[1]))}});
        }
        folded.inputs[0] = scale ? scale->x : offset->x;
        r.replace(node.outputs[0], r.add_like(folded, folded.inputs)[0]);
        return true;
    });
}

}  // namespace tinsmith
