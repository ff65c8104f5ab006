// The operators: one row each, declared from ops.inc.
#pragma once

#include "ir/op_def.hpp"

namespace tinsmith {

namespace op {
#define OP(name) extern const OpDef name;
#include "op/ops.inc"
#undef OP
}  // namespace op

std::span<const OpDef* const> all_ops();
const OpDef* find_op(std::string_view name);  // null when there is none

}  // namespace tinsmith
