// Operators without a built-in form, kept for a runtime that has them.
#pragma once

#include "frontend/read_options.hpp"
#include "frontend/tensorflow/node_reader.hpp"

namespace tinsmith::tensorflow {

// The node as a custom operator: under TensorFlow's name with its attributes as a flexbuffer map, or, for TensorFlow's own kernels
// (its "flex delegate"), as "Flex<Op>" with the vector [operator, NodeDef]. Types and shapes of the results are what the node states
// ("T", "_output_shapes", ...), or what operators of its name always have, or --shape NODE=...; an open first extent is that of the first
// operand. Throws Fault::unsupported where they stay open, or where an operand is no tensor of an element type that both sides share.
std::vector<Operand> keep(NodeReader& r, const ReadOptions& options);

// Whether the results of an operator are tensors that TFLite holds, of known shapes: no strings, complex numbers or tables, and no lengths
// that the data decide.
bool gives_static_tensors(std::string_view op);

// Whether a node of this name computes: it is no part of the control flow, of a list of tensors or of a variable.
bool is_operator(std::string_view op);

}  // namespace tinsmith::tensorflow
