// What ArgMax and ArgMin share.
#pragma once

#include "kernel/sequence.h"
#include "op/move.hpp"

namespace tinsmith {

std::vector<Type> infer_arg(const InferContext& c);
void eval_arg(const EvalContext& c, bool largest);

}  // namespace tinsmith
