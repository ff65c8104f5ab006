// ONNX operators that equal an operator of the graph: same operands, same attributes.
#pragma once

#include "frontend/onnx/node_reader.hpp"

namespace tinsmith {

// Adds `op` with the node's operands and its attributes by name. Throws Fault::unsupported for an attribute that `op` lacks.
std::vector<ValueId> convert_same(NodeReader& r, const OpDef& op);

}  // namespace tinsmith
