// The order in which the nodes of an ONNX graph can be read.
#pragma once

#include "format/onnx/model.hpp"

#include <string_view>
#include <unordered_set>

namespace tinsmith {

// Indices of `nodes` such that every node follows those whose outputs it reads (also from inside its sub-graphs); the order of the
// file where that is one. Throws Fault::input naming the nodes of a cycle, or a tensor that two nodes compute.
std::vector<size_t> reading_order(const std::vector<onnx::Node>& nodes);

// The tensors that a node reads: its inputs, and what its sub-graphs take from the graphs around them.
std::unordered_set<std::string_view> read_names(const onnx::Node& node);

// What a message calls a node.
std::string node_label(const onnx::Node& node);

}  // namespace tinsmith
