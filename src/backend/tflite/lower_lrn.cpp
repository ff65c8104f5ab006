// Before: y = LRN(x) over the last axis.
// After:  y = x * (bias + alpha * n * mean(x^2 over n = 2 * radius + 1 neighbours))^-beta, the mean as an AveragePool along the
//         channels of x seen as [pixels, channels] behind a Pad, so that missing neighbours count as zeros.
// When:   LiteRT's reference kernel for LOCAL_RESPONSE_NORMALIZATION leaves the last neighbour out, its optimised one does not:
//         only a composition gives the same result on both.
#include "backend/tflite/legalize.hpp"
#include "op/list.hpp"

namespace tinsmith {

static bool lower(Rewriter& r, const Node& node) {
    if (!node.is(op::LRN)) return false;
    Type x = r.type(node.inputs[0]);
    std::string name = r.graph.value(node.outputs[0]).name;
    int64_t radius = node.integer("radius"), width = 2 * radius + 1, channels = x.shape.back();
    int64_t pixels = channels == 0 ? 0 : x.elements() / channels;
    ValueId squares = r.add(op::Reshape, {r.add(op::Square, {node.inputs[0]})}, {{"shape", Ints{1, pixels, channels, 1}}});
    ValueId padded = r.add(op::Pad, {squares}, {{"before", Ints{0, 0, radius, 0}}, {"after", Ints{0, 0, radius, 0}}});
    ValueId mean =
        r.add(op::AveragePool, {padded}, {{"kernel", Ints{1, width}}, {"strides", Ints{1, 1}}, {"pads", Ints{0, 0, 0, 0}}});
    ValueId scaled = r.add(op::Mul, {mean, r.scalar(node.real("alpha") * static_cast<double>(width), DType::f32)});
    ValueId base = r.add(op::Add, {scaled, r.scalar(node.real("bias"), DType::f32)});
    ValueId factor =
        r.add(op::Reshape, {r.add(op::Pow, {base, r.scalar(-node.real("beta"), DType::f32)})}, {{"shape", x.shape}});
    r.replace(node.outputs[0], r.add(op::Mul, {node.inputs[0], factor}, {}, name));
    return true;
}

int lower_lrn(Graph& graph, const PassOptions&) { return rewrite(graph, lower); }

}  // namespace tinsmith
