// Before: Relu(x) + a * Relu(-x), Relu(x) - a * Relu(-x)   (Keras's PReLU)
// After:  PRelu(x, -a), PRelu(x, a)
// When:   a is a constant that broadcasts to x, and nothing else reads what lies between.
#include "op/list.hpp"
#include "pass/passes.hpp"

#include <algorithm>
#include <functional>

namespace tinsmith {

namespace {

// The constant a of a * Relu(-x); no_value where `id` is none.
ValueId slope_of(const Rewriter& r, ValueId id, ValueId x) {
    const Node* product = r.only_producer(id, op::Mul);
    if (!product || product->text("activation") != "none") return no_value;
    for (size_t i : {size_t{0}, size_t{1}}) {
        const Node* relu = r.only_producer(product->inputs[1 - i], op::Relu);
        const Node* turned = relu ? r.only_producer(relu->inputs[0], op::Neg) : nullptr;
        if (turned && turned->inputs[0] == x && r.graph.is_constant(product->inputs[i])) return product->inputs[i];
    }
    return no_value;
}

ValueId negative(Rewriter& r, ValueId constant) {
    std::vector<float> values = r.graph.constant_floats(constant);
    std::transform(values.begin(), values.end(), values.begin(), std::negate<>());
    return r.floats(std::move(values), r.shape(constant));
}

bool is_slope(const Shape& slope, const Shape& x) {
    if (slope.size() > x.size()) return false;
    for (size_t d = 0; d < slope.size(); ++d)
        if (slope[d] != 1 && slope[d] != x[x.size() - slope.size() + d]) return false;
    return true;
}

}  // namespace

int recognise_prelu(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        const bool adds = node.is(op::Add);
        if ((!adds && !node.is(op::Sub)) || node.text("activation") != "none" || r.type(node.outputs[0]).dtype != DType::f32)
            return false;
        for (size_t i = 0; i < (adds ? 2u : 1u); ++i) {
            const Node* above = r.only_producer(node.inputs[i], op::Relu);
            if (!above) continue;
            const ValueId x = above->inputs[0], slope = slope_of(r, node.inputs[1 - i], x);
            if (slope == no_value || !is_slope(r.shape(slope), r.shape(x))) continue;
            r.replace(node.outputs[0], r.add(op::PRelu, {x, adds ? negative(r, slope) : slope}));
            return true;
        }
        return false;
    });
}

}  // namespace tinsmith
