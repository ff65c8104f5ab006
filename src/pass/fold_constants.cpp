// Before: a node whose operands became constant after it was built, because a pass replaced them.
// After:  its result as a constant.
// When:   the Builder agrees that the result is not much larger than the operands.
#include "pass/passes.hpp"

#include <algorithm>

namespace tinsmith {

int fold_constants(Graph& graph, const PassOptions&) {
    int folded = 0;
    rewrite(graph, [&](Rewriter& r, const Node& node) {
        if (node.inputs.empty() || !node.op->eval) return false;
        bool constant = std::all_of(node.inputs.begin(), node.inputs.end(),
                                    [&](ValueId id) { return id == no_value || r.graph.is_constant(id); });
        if (!constant) return false;
        std::vector<ValueId> results = r.add_like(node, node.inputs);
        for (size_t i = 0; i < results.size(); ++i) r.replace(node.outputs[i], results[i]);
        folded += r.graph.is_constant(results[0]) ? 1 : 0;
        return true;
    });
    return folded;
}

}  // namespace tinsmith
