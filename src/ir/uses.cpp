#include "ir/uses.hpp"

namespace tinsmith {

Uses::Uses(const Graph& graph) : producer(graph.values.size(), no_node), readers(graph.values.size()) {
    for (uint32_t n = 0; n < graph.nodes.size(); ++n) {
        for (ValueId id : graph.nodes[n].outputs) producer[id] = n;
        for (ValueId id : graph.nodes[n].inputs)
            if (id != no_value) readers[id].push_back(n);
    }
}

}  // namespace tinsmith
