// Before: Relu(f(x)), Relu6(f(x)), ReluN1To1(f(x)), f an operator with attribute `activation`
// After:  f(x) {activation="relu"}, ...
// When:   f has none yet and nothing else reads its output.
#include "op/list.hpp"
#include "pass/passes.hpp"

#include <algorithm>

namespace tinsmith {

static std::string_view activation_of(const Node& node) {
    if (node.is(op::Relu)) return "relu";
    if (node.is(op::Relu6)) return "relu6";
    if (node.is(op::ReluN1To1)) return "relu_n1_to_1";
    return {};
}

int fuse_activation(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        std::string_view activation = activation_of(node);
        if (activation.empty() || r.type(node.outputs[0]).dtype != DType::f32 || r.uses(node.inputs[0]) != 1) return false;
        const Node* before = r.producer(node.inputs[0]);
        if (!before) return false;
        bool can = std::any_of(before->op->attrs.begin(), before->op->attrs.end(),
                               [](const AttrSpec& spec) { return spec.name == "activation"; });
        if (!can || before->text("activation") != "none") return false;
        Node fused = *before;
        fused.attrs.set("activation", std::string(activation));
        r.replace(node.outputs[0], r.add_like(fused, fused.inputs)[0]);
        return true;
    });
}

}  // namespace tinsmith
