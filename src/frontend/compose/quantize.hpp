// Real numbers stored as integers, real = (stored - zero point) * scale, for the converters that need them.
#pragma once

#include "ir/builder.hpp"

namespace tinsmith {

struct Scaling {
    ValueId scale, zero_point;  // constant or computed; no_value: no zero point
    int64_t axis = 0;           // which several scales belong to
    int64_t block = 0;          // as many indices of the axis share one scale; 0: each has its own
};

// The scales of values of type `x` stored as `dtype`, where they are constants of a kind that a type can state; else nothing.
std::optional<Quant> stated_quant(const Builder& b, const Type& x, const Scaling& scaling, DType dtype);

// The real numbers, f32. A Dequantize where the type of `stored` states the same scales, otherwise arithmetic, which folds.
ValueId dequantized(Builder& b, ValueId stored, const Scaling& scaling);

// i8, u8, i16 or u16, halves to even. A Quantize where the type can state the scales and x is computed, otherwise arithmetic.
ValueId quantized(Builder& b, ValueId x, const Scaling& scaling, DType dtype);

}  // namespace tinsmith
