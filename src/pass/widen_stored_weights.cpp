// Before: Conv, DepthwiseConv or FullyConnected of a float x and stored weights, whose kernel quantises x while it runs
// After:  the same of Dequantize(weights)
// When:   always: a model is converted from what its weights stand for.
#include "op/list.hpp"
#include "pass/passes.hpp"

namespace tinsmith {

int widen_stored_weights(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (!node.is(op::Conv) && !node.is(op::DepthwiseConv) && !node.is(op::FullyConnected)) return false;
        if (r.type(node.inputs[0]).dtype != DType::f32 || !is_quantised(r.type(node.inputs[1]))) return false;
        std::vector<ValueId> inputs = node.inputs;
        inputs[1] = r.add(op::Dequantize, {inputs[1]});
        r.replace(node.outputs[0], r.add_like(node, std::move(inputs))[0]);
        return true;
    });
}

}  // namespace tinsmith
