// What an accelerator's delegate would take of a graph, and where it would split it.
#pragma once

#include "ir/op_def.hpp"

namespace tinsmith {

// "gpu", "nnapi", "coreml", "edgetpu", "xnnpack".
std::vector<std::string> delegate_names();

struct DelegateNode {
    size_t node = 0;  // in the graph
    bool taken = false;
    std::string reason;  // why it is not taken
    size_t part = 0;     // nodes of one part run together, in order of the parts
};

struct DelegateReport {
    std::string source;  // of the table
    std::vector<DelegateNode> nodes;
    size_t taken = 0;
    size_t parts = 0, delegated_parts = 0;
    int64_t macs = 0, taken_macs = 0;  // multiply-accumulates
};

// Requires a known name.
DelegateReport delegate_report(const Graph& graph, std::string_view delegate);

// What the table says about one operator, whatever the order: empty when the delegate takes it, else why not.
std::string refusal_of(const Graph& graph, const Node& node, std::string_view delegate);

}  // namespace tinsmith
