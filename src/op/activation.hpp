// The activation that an operator applies to its output: attribute `activation`, "none" | "relu" | "relu6" | "relu_n1_to_1".
#pragma once

#include "ir/op_def.hpp"

namespace tinsmith {

inline AttrSpec activation_attr() { return {"activation", std::string("none")}; }

// The range that an activation clamps to; infinite where it has no bound. Throws Fault::input when there is none of that name.
struct ActivationRange {
    float low, high;
};
ActivationRange activation_range(std::string_view activation);

// y = x clamped to the range, for any number type; y may be x.
void clamp(const EvalContext& c, const TensorView& x, const TensorSlot& y, ActivationRange range);

// For infer: throws Fault::input when the node's attribute names no activation.
void check_activation(const InferContext& c);

// For eval: clamps out[0] in place.
void apply_activation(const EvalContext& c);

}  // namespace tinsmith
