// The converters of PyTorch operators, declared from ops.inc.
#pragma once

#include "frontend/torch/node_reader.hpp"

namespace tinsmith::torch {

namespace from_torch {
#define TORCH_OP(target, function) std::vector<ValueId> function(NodeReader& r);
#include "frontend/torch/ops.inc"
#undef TORCH_OP
}  // namespace from_torch

// "aten.add_.Tensor": the operator without its overload, and whether it writes into its first operand.
struct OpName {
    std::string base, overload;  // "aten.add", "Tensor"
    bool in_place = false;
};
OpName parse_target(const std::string& target);

// The converter of an operator by its base name, or null.
Convert find_op(std::string_view base);
// Whether the operator's results may share the memory of its first operand.
bool is_view(std::string_view base);
// Whether the node computes nothing: assertions about sizes.
bool is_assertion(std::string_view base);
// Why an operator has no converter, and what to do about it.
std::string refusal(const std::string& target);

}  // namespace tinsmith::torch
