// What integer kernels are given: scales and zero points as TFLite derives them before it runs.
#pragma once

#include "ir/op_def.hpp"
#include "kernel/fixed_point.h"
#include "op/activation.hpp"

namespace tinsmith {

// The fixed-point form of a real factor; 0 below 2^-32, the largest one where it is not finite.
tin_multiplier quantised_multiplier(double real);

// Scale and zero point of a tensor that has one of each.
double scale_of(const Type& type);
int32_t zero_point_of(const Type& type);

// Factors of a weighted sum: x.scale * weights.scale[c] / y.scale for each of the output channels.
std::vector<tin_multiplier> channel_multipliers(const Type& x, const Type& weights, const Type& y, int64_t channels);
// The factor of a product whose operands have one scale each. TFLite multiplies the two scales in single precision here.
tin_multiplier product_multiplier(const Type& a, const Type& b, const Type& y);

// The stored integers that a result may take.
struct StoredRange {
    int32_t low, high;
};
StoredRange stored_range(DType dtype);  // all of i8, u8, i16
StoredRange stored_range(ActivationRange real, const Type& y);
StoredRange stored_range(const Node& node, const Type& y);  // those that the node's activation lets through

// x - zero point in fixed point with `whole` bits before the point: the factor to it, and from which absolute value on it leaves
// the range.
struct FixedInput {
    tin_multiplier factor;
    int32_t radius;
};
FixedInput fixed_input(double scale, int32_t whole);

// 16-bit operands of the logistic function and the tangent: x * factor / 2^shift is x in units of 1 / (3 * 2^12). A scale of
// 2^-12, or down to 2^-(12 - largest_power), is exact.
struct Scale16 {
    int32_t factor, shift;
};
Scale16 scale_16(const Type& x, int32_t largest_power);

// Throws Fault::input naming the operand unless it is quantised by one scale, with a zero point that its type can store: 0 for i16.
void check_stored(const InferContext& c, size_t operand);
// The same for weights, which may have a scale for each index along `axis`, then with the zero point 0.
void check_stored_weights(const InferContext& c, size_t operand, int axis);

}  // namespace tinsmith
