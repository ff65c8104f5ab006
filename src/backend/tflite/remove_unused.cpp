// Before: nodes whose outputs nobody reads.
// After:  they are gone.
#include "backend/tflite/legalize.hpp"

#include <algorithm>

namespace tinsmith {

int remove_unused(Graph& graph, const PassOptions&) {
    std::vector<bool> used(graph.values.size(), false);
    for (const Port& port : graph.outputs) used[port.value] = true;
    std::vector<Node> kept;
    for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
        if (std::none_of(node->outputs.begin(), node->outputs.end(), [&](ValueId id) { return used[id]; })) continue;
        for (ValueId id : node->inputs)
            if (id != no_value) used[id] = true;
        kept.push_back(std::move(*node));
    }
    int removed = static_cast<int>(graph.nodes.size() - kept.size());
    std::reverse(kept.begin(), kept.end());
    graph.nodes = std::move(kept);
    return removed;
}

}  // namespace tinsmith
