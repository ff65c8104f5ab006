// Before: Relu0To1(x)
// After:  Mul(Relu6(Mul(x, 6)), 1/6)
// When:   always. Delegates and TFLite Micro have no RELU_0_TO_1, but all fuse a Relu6 into what computes x, which takes the factor of 6
//         into its weights: the hard sigmoid of a squeeze-and-excitation block costs one product of its few channels.
#include "op/list.hpp"
#include "pass/passes.hpp"

namespace tinsmith {

int scale_relu_0_to_1(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (!node.is(op::Relu0To1) || r.type(node.inputs[0]).dtype != DType::f32) return false;
        ValueId six = r.add(op::Mul, {node.inputs[0], r.scalar(6, DType::f32)});
        ValueId gate = r.add(op::Relu6, {six});
        r.replace(node.outputs[0], r.add(op::Mul, {gate, r.scalar(1.0 / 6, DType::f32)}));
        return true;
    });
}

}  // namespace tinsmith
