// The converters of ONNX operators: one row each, declared from ops.inc.
#pragma once

#include "frontend/onnx/node_reader.hpp"

namespace tinsmith {

namespace from_onnx {
#define ONNX_OP(name, function, since) std::vector<ValueId> function(NodeReader& r);
#define MICROSOFT_OP(name, function) std::vector<ValueId> function(NodeReader& r);
#include "frontend/onnx/ops.inc"
#undef ONNX_OP
#undef MICROSOFT_OP
}  // namespace from_onnx

// The converter of an operator, or null.
const OnnxOp* find_onnx_op(std::string_view domain, std::string_view name);
// The operator of the graph that an ONNX operator equals one to one, or null.
const OpDef* find_same_op(std::string_view domain, std::string_view name);

}  // namespace tinsmith
