// Cuts a part out of a graph by the names of the source: tensors, nodes or modules.
#pragma once

#include "ir/graph.hpp"

namespace tinsmith {

// "features=head.projection": what the source calls it, and what it will be called. Without '=', both are the same.
struct CutName {
    std::string name, source;
};
CutName parse_cut_name(const std::string& text);

// A tensor under the names that a user may know it by.
struct NamedTensor {
    std::string_view tensor;  // its own name, may be empty
    std::string_view origin;  // the node that computes it, as in Node::origin; empty for inputs
};

// Which of `tensors` (in topological order) `wanted` means: a tensor's name, a node's (its first output), or a module path
// ("head.projection", "backbone/*": the last of its outputs). Nothing when there is none.
std::optional<size_t> find_named(const std::vector<NamedTensor>& tensors, std::string_view wanted);

// Makes `inputs` the inputs and `outputs` the outputs of the graph, and drops what they do not need. An empty list keeps what the
// graph has. Throws Fault::input naming the nearest names when one is unknown, or the inputs that are still needed.
void extract(Graph& graph, const std::vector<std::string>& inputs, const std::vector<std::string>& outputs);

}  // namespace tinsmith
