// Who makes each value of a graph, and who reads it: true as long as the graph's nodes stay as they were.
#pragma once

#include "ir/graph.hpp"

namespace tinsmith {

inline constexpr uint32_t no_node = UINT32_MAX;

struct Uses {
    explicit Uses(const Graph& graph);
    std::vector<uint32_t> producer;              // by value: the node that computes it; no_node: none does
    std::vector<std::vector<uint32_t>> readers;  // by value: nodes that read it, ascending, once for each operand
};

}  // namespace tinsmith
