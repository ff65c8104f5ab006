// What each node of a graph takes out of memory and puts into it, Reshapes being the same bytes under another name.
#pragma once

#include "plan/plan.hpp"

namespace tinsmith {

// An operand that the node's only result may be written over where the node is the last to read it.
struct Shareable {
    ValueId operand;
    size_t distance;  // see overlap_distance
    size_t common;    // bytes that both may have in common at most
};

struct NodeFlow {
    std::vector<ValueId> reads, writes;  // owners with bytes, each once
    std::vector<Shareable> shareable;
    size_t scratch = 0;
};

struct Flow {
    Flow(const Graph& graph, const PlanOptions& options);
    std::vector<ValueId> owner;                  // by value: whose bytes it has; itself, if no other's
    std::vector<size_t> bytes;                   // by value, rounded up to the alignment; 0 for constants and what is another's
    std::vector<bool> stays;                     // by value: outputs, and states and what becomes of them
    std::vector<ValueId> given;                  // by whom nodes find: inputs and states
    std::vector<std::vector<uint32_t>> readers;  // by value: nodes that read it, ascending
    std::vector<NodeFlow> nodes;                 // as in the graph
};

// An order of the graph's nodes that needs little memory at its worst step: the graph's own unless another needs less. The least
// that is possible, where `steps` suffice to look at all sets of nodes that may have run.
std::vector<uint32_t> schedule(const Graph& graph, const Flow& flow, uint64_t steps);

}  // namespace tinsmith
