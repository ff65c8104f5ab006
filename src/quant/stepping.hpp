// Runs a graph node by node over several samples at once, so that a node can be changed by what reaches it.
#pragma once

#include "ir/graph.hpp"

#include <span>

namespace tinsmith {

class Stepping {
public:
    // `inputs`: by sample, in the order of graph.inputs. Nodes must then be stepped in the graph's order; they, and constants, may be
    // others than the graph's by then, so long as they read and write the same values.
    Stepping(const Graph& graph, const std::vector<std::vector<Buffer>>& inputs);

    // By sample. Requires that the value is an input or was computed, and is still to be read.
    std::span<const Buffer> of(ValueId id) const { return computed_[id]; }
    // Computes the node on all samples; values that nothing reads after it are dropped, but for the graph's outputs.
    void step(const Graph& graph, const Node& node);

private:
    void release(ValueId id);

    size_t samples_;
    std::vector<std::vector<Buffer>> computed_;  // by ValueId and sample
    std::vector<int> readers_;                   // by ValueId: how many are still to come
};

}  // namespace tinsmith
