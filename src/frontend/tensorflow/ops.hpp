// The converters of TensorFlow operators, declared from ops.inc.
#pragma once

#include "frontend/tensorflow/node_reader.hpp"

namespace tinsmith::tensorflow {

namespace from_tensorflow {
#define TF_OP(name, function) std::vector<Operand> function(NodeReader& r);
#define TF_SAME(name, op_name)
#include "frontend/tensorflow/ops.inc"
#undef TF_OP
#undef TF_SAME
}  // namespace from_tensorflow

// The converter of an operator, or null.
Convert find_op(std::string_view name);
// Every operator that is converted, in alphabetical order.
std::vector<std::string_view> all_converted_ops();
// Why an operator has no converter, and what to do about it.
std::string refusal(std::string_view op);

}  // namespace tinsmith::tensorflow
