// Inference that several operators share.
#pragma once

#include "ir/op_def.hpp"

namespace tinsmith {

// Output has the type of the first input.
std::vector<Type> infer_same(const InferContext& c);
// Two or more inputs of one element type, broadcast; output has that element type.
std::vector<Type> infer_broadcast(const InferContext& c);
// Two inputs of one element type, broadcast; output is bool.
std::vector<Type> infer_compare(const InferContext& c);

}  // namespace tinsmith
