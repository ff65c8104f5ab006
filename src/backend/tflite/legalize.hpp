// The rewrites that make a graph legal for TFLite, one per file, and the question whether a node is.
#pragma once

#include "pass/pass.hpp"

namespace tinsmith {

int lower_lrn(Graph& graph, const PassOptions& options);
int keep_state(Graph& graph, const PassOptions& options);
int lower_erf(Graph& graph, const PassOptions& options);
int lower_conv_transpose(Graph& graph, const PassOptions& options);
int split_groups(Graph& graph, const PassOptions& options);
int split_padding(Graph& graph, const PassOptions& options);
int collapse_rank(Graph& graph, const PassOptions& options);
int widen_types(Graph& graph, const PassOptions& options);
int narrow_parameters(Graph& graph, const PassOptions& options);
int add_zero_bias(Graph& graph, const PassOptions& options);
int separate_outputs(Graph& graph, const PassOptions& options);

namespace tflite {

// Why TFLite's built-in operators cannot express the node, and a way out; empty when they can.
std::string refuse(const Graph& graph, const Node& node);

// The operand whose element type decides whether the kernels accept a node.
size_t deciding_operand(const Node& node);
bool accepts(const Node& node, DType dtype);

}  // namespace tflite
}  // namespace tinsmith
