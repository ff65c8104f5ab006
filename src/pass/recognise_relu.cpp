// Before: Min and Max with constants: clip(x, lo, hi) in either order, and Max(x, a * x)
// After:  Relu (0, inf), Relu6 (0, 6), Relu0To1 (0, 1), ReluN1To1 (-1, 1), LeakyRelu(a)
// When:   the bounds are these; the inner node has no other reader; 0 < a < 1.
#include "op/list.hpp"
#include "pass/constant.hpp"
#include "pass/passes.hpp"

#include <limits>

namespace tinsmith {

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

struct Clip {
    ValueId x;
    double lo = -infinite, hi = infinite;
};

// What one node clips: Max raises the lower bound, Min lowers the upper one.
std::optional<Clip> clip_of(const Graph& g, const Node& n) {
    if (n.is(op::Relu)) return Clip{n.inputs[0], 0, infinite};
    if (n.is(op::Relu6)) return Clip{n.inputs[0], 0, 6};
    if (n.is(op::Relu0To1)) return Clip{n.inputs[0], 0, 1};
    if (n.is(op::ReluN1To1)) return Clip{n.inputs[0], -1, 1};
    if (!n.is(op::Max) && !n.is(op::Min)) return std::nullopt;
    auto bound = with_scalar(g, n);
    if (!bound) return std::nullopt;
    return n.is(op::Max) ? Clip{bound->x, bound->scalar, infinite} : Clip{bound->x, -infinite, bound->scalar};
}

const OpDef* relu_of(const Clip& clip) {
    if (clip.lo == 0 && clip.hi >= std::numeric_limits<float>::max()) return &op::Relu;
    if (clip.lo == 0 && clip.hi == 6) return &op::Relu6;
    if (clip.lo == 0 && clip.hi == 1) return &op::Relu0To1;
    if (clip.lo == -1 && clip.hi == 1) return &op::ReluN1To1;
    return nullptr;
}

// Max(x, Mul(x, a)), either way round: x and a.
std::optional<WithScalar> leak_of(const Rewriter& r, const Node& n) {
    for (size_t i : {size_t{0}, size_t{1}}) {
        const Node* mul = r.producer(n.inputs[i], op::Mul);
        if (!mul || r.uses(n.inputs[i]) != 1 || mul->text("activation") != "none") continue;
        auto scaled = with_scalar(r.graph, *mul);
        if (scaled && scaled->x == n.inputs[1 - i] && scaled->scalar > 0 && scaled->scalar < 1) return scaled;
    }
    return std::nullopt;
}

}  // namespace

int recognise_relu(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (node.outputs.size() != 1 || r.type(node.outputs[0]).dtype != DType::f32) return false;
        if (node.is(op::Max))
            if (auto leak = leak_of(r, node)) {
                r.replace(node.outputs[0], r.add(op::LeakyRelu, {leak->x}, {{"alpha", leak->scalar}}));
                return true;
            }
        auto clip = clip_of(r.graph, node);
        if (!clip) return false;
        ValueId x = clip->x;
        const OpDef* relu = nullptr;
        const Node* inner = r.producer(x);
        auto inner_clip = inner && r.uses(x) == 1 ? clip_of(r.graph, *inner) : std::nullopt;
        if (inner_clip) {
            // Clipping the inner bounds with the outer ones, in this order, is the clip of both.
            Clip both{inner_clip->x, std::min(std::max(inner_clip->lo, clip->lo), clip->hi),
                      std::max(std::min(inner_clip->hi, clip->hi), clip->lo)};
            relu = relu_of(both);
            if (relu) x = both.x;
        }
        if (!relu) relu = relu_of(*clip);
        if (!relu || (relu == node.op && x == clip->x)) return false;
        r.replace(node.outputs[0], r.add(*relu, {x}));
        return true;
    });
}

}  // namespace tinsmith
