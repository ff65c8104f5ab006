// Transposes and reshapes added in their shortest form: merged with what produced the operand, left out where they change nothing.
#pragma once

#include "ir/rewrite.hpp"

namespace tinsmith {

// Reshape and its kin may have a run-time parameter; without one, everything about the node is known.
inline bool has_static_parameters(const Node& node) { return node.inputs.size() == 1; }

ValueId reshaped(Rewriter& r, ValueId x, const Shape& shape);
ValueId transposed(Rewriter& r, ValueId x, Ints perm);

// Elements that Transpose(x, perm) would move at run time once it is merged with what is there: 0 for constants, for identities and
// for those that are a Reshape.
int64_t transposing_cost(const Rewriter& r, ValueId x, const Ints& perm);

}  // namespace tinsmith
