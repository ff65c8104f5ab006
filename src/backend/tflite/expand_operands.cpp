// Before: Atan2 of operands of different shapes.
// After:  both expanded to the shape of the output.
// When:   TFLite's kernel does not broadcast.
#include "backend/tflite/legalize.hpp"
#include "op/list.hpp"

namespace tinsmith {

int expand_operands(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (!node.is(op::Atan2) || r.shape(node.inputs[0]) == r.shape(node.inputs[1])) return false;
        Shape shape = r.shape(node.outputs[0]);
        std::vector<ValueId> inputs = node.inputs;
        for (ValueId& id : inputs)
            if (r.shape(id) != shape) id = r.add(op::Expand, {id}, {{"shape", shape}});
        r.replace(node.outputs[0], r.add_like(node, std::move(inputs))[0]);
        return true;
    });
}

}  // namespace tinsmith
