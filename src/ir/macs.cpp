#include "ir/macs.hpp"

namespace tinsmith {

int64_t node_macs(const Graph& graph, const Node& node) {
    if (!node.op->macs) return 0;
    std::vector<const Type*> in;
    std::vector<Type> out;
    for (ValueId id : node.inputs) in.push_back(id == no_value ? nullptr : &graph.type(id));
    for (ValueId id : node.outputs) out.push_back(graph.type(id));
    return node.op->macs(node, in, out);
}

}  // namespace tinsmith
