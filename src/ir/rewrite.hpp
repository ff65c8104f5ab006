// Rewriting: walk the nodes in order, replace some; everything after sees the replacement.
#pragma once

#include "ir/builder.hpp"

#include <functional>

namespace tinsmith {

// During a rewrite the graph's node list is rebuilt: nodes already visited are in graph.nodes, the others wait.
class Rewriter : public Builder {
public:
    // The node of the rebuilt list that computes `value`, or null for a graph input or constant. Valid until the next add.
    const Node* producer(ValueId value) const;
    // The same, but only when that node is of operator `op`.
    const Node* producer(ValueId value, const OpDef& op) const;
    // The same, but only where nothing else reads `value`.
    const Node* only_producer(ValueId value, const OpDef& op) const;
    // How many operands of nodes and graph outputs refer to `value`: of nodes still to come, kept and added.
    int uses(ValueId value) const;
    bool is_graph_output(ValueId value) const;
    // Consumers from here on read `with` wherever they read `value`; graph outputs too.
    void replace(ValueId value, ValueId with);

private:
    friend int rewrite(Graph&, const std::function<bool(Rewriter&, const Node&)>&);
    explicit Rewriter(Graph& graph);
    ValueId resolve(ValueId value) const;
    void note_added_nodes() const;
    void drop(const Node& node);
    void keep(Node node);
    std::vector<ValueId> alias_;
    mutable std::vector<int> uses_;
    mutable std::vector<bool> output_;
    mutable std::vector<uint32_t> producer_;
    mutable size_t noted_ = 0;
};

// Calls `rule` for every node, its inputs already resolved. `rule` returns true when it replaced all used outputs of the node
// (the node is dropped), false to keep the node as it is. Returns how often `rule` returned true. Dead nodes stay:
// remove_dead_code follows.
int rewrite(Graph& graph, const std::function<bool(Rewriter&, const Node&)>& rule);

}  // namespace tinsmith
