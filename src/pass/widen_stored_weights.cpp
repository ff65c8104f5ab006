// Before: a layer of a float x and stored weights, whose kernel quantises x while it runs
// After:  the same of Dequantize(weights)
// When:   always: a model is converted from what its weights stand for.
#include "op/hybrid.hpp"
#include "op/list.hpp"
#include "pass/passes.hpp"

namespace tinsmith {

int widen_stored_weights(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        const std::span<const size_t> weights = hybrid_operands(node);
        if (weights.empty() || r.type(node.inputs[0]).dtype != DType::f32) return false;
        std::vector<ValueId> inputs = node.inputs;
        for (size_t i : weights)
            if (node.input(i) != no_value && is_quantised(r.type(inputs[i]))) inputs[i] = r.add(op::Dequantize, {inputs[i]});
        if (inputs == node.inputs) return false;
        const std::vector<ValueId> results = r.add_like(node, std::move(inputs));
        for (size_t i = 0; i < results.size(); ++i) r.replace(node.outputs[i], results[i]);
        return true;
    });
}

}  // namespace tinsmith
