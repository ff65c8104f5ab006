#include "quant/fold_stored_constants.hpp"

#include "ir/builder.hpp"
#include "op/list.hpp"

#include <algorithm>

namespace tinsmith {

int fold_stored_constants(Graph& graph) {
    std::vector<bool> folded(graph.values.size(), false);
    const auto folds = [&](const Node& node) {
        const auto& in = node.inputs;
        const bool stored = node.is(op::Dequantize) ||
                            std::any_of(in.begin(), in.end(), [&](ValueId id) { return id != no_value && folded[id]; });
        return stored && node.op->eval &&
               std::all_of(in.begin(), in.end(), [&](ValueId id) { return id == no_value || graph.is_constant(id); });
    };
    return static_cast<int>(std::erase_if(graph.nodes, [&](const Node& node) {
        if (!folds(node)) return false;
        std::vector<Type> types;
        for (ValueId id : node.outputs) types.push_back(graph.type(id));
        std::vector<Buffer> results = evaluate(graph, node, types);
        for (size_t i = 0; i < results.size(); ++i) {
            graph.values[node.outputs[i]].data = std::move(results[i]);
            folded[node.outputs[i]] = true;
        }
        return true;
    }));
}

}  // namespace tinsmith
