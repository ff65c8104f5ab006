// Before: a 2-D convolution without bias.
// After:  one with a bias of zeros.
// When:   LiteRT's XNNPACK delegate takes convolutions with a bias only; the others would run on the slower built-in kernels.
#include "backend/tflite/legalize.hpp"
#include "op/list.hpp"

namespace tinsmith {

int add_zero_bias(Graph& graph, const PassOptions&) {
    int changed = 0;
    for (Node& node : graph.nodes) {
        bool conv = node.is(op::Conv), depthwise = node.is(op::DepthwiseConv);
        if ((!conv && !depthwise) || node.input(2) != no_value) continue;
        int64_t channels = graph.type(node.outputs[0]).shape[3];
        node.inputs.resize(3);
        node.inputs[2] = Builder(graph).splat(0, {DType::f32, {channels}, {}});
        ++changed;
    }
    return changed;
}

}  // namespace tinsmith
