// How real numbers are stored as integers: element type, scale and zero point, chosen from a range.
#pragma once

#include "ir/op_def.hpp"
#include "quant/ranges.hpp"

namespace tinsmith {

struct Stored {
    DType dtype = DType::i8;
    Quant quant;

    float scale() const { return quant.scale[0]; }
    int64_t zero_point() const { return quant.zero_point[0]; }
    // The real numbers that the smallest and the largest integer stand for.
    Range covers() const;
    bool operator==(const Stored&) const = default;
};

std::string to_string(const Stored& stored);  // "i8 0.0235 @ -128"

// The smallest and the largest integer of i8, u8 and i16.
struct IntegerBounds {
    int64_t low, high;
};
IntegerBounds integer_bounds(DType dtype);

// The finest scale whose integers span the range and zero. i8 and u8: all 256 integers, zero is one of them exactly. i16: zero
// point 0, as TFLite's kernels demand.
Stored stored_for(Range range, DType dtype);

// The scale that TFLite's kernels demand of the operator's output whatever it holds; nothing where the range decides.
std::optional<Stored> fixed_output(const OpDef& op, DType dtype);

// The range of both, and zero.
Range united(Range a, Range b);
inline float width(Range range) { return range.max - range.min; }

}  // namespace tinsmith
