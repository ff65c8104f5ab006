// The verifier: what holds for every graph between two passes.
#pragma once

#include "ir/op_def.hpp"

namespace tinsmith {

// Ids are in range, each value is defined once and before use, operand counts fit, attributes are known and of the right
// kind, constants have the bytes of their type, and infer agrees with the types written on outputs. Throws Fault::internal
// naming the node and what is wrong.
void verify(const Graph& graph);

}  // namespace tinsmith
