// Nodes that compute numbers, not tensors: sizes, and what is done with them.
#pragma once

#include "frontend/torch/node_reader.hpp"

namespace tinsmith::torch {

// The number, or nothing where the node computes tensors. Throws Fault::unsupported where it is known at run time only.
std::optional<Number> number_of(const ProgramNode& node, const Scope& scope, const Builder& b);

}  // namespace tinsmith::torch
