// What a value is: element type, static shape and, for quantised values, scale and zero point.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tinsmith {

enum class DType : uint8_t { f32, f16, bf16, f64, i4, i8, u8, i16, u16, i32, u32, i64, u64, boolean };

std::string_view dtype_name(DType dtype);                     // "f32", "i8", "bool", ...
std::optional<DType> dtype_from_name(std::string_view name);  // the inverse
size_t dtype_bits(DType dtype);                               // 4 for i4, 8 for bool
bool is_float(DType dtype);
bool is_integer(DType dtype);  // not bool
bool is_signed(DType dtype);

using Shape = std::vector<int64_t>;  // extents, all >= 0; a scalar has rank 0

// Product of the extents. Throws Fault::input when an extent is negative or the product exceeds 2^40.
int64_t element_count(const Shape& shape);
std::string to_string(const Shape& shape);  // "1x3x224x224", "scalar"
// NumPy's broadcasting of two shapes. Throws Fault::input naming both when they do not fit.
Shape broadcast(const Shape& a, const Shape& b);
// Maps -rank..rank-1 to 0..rank-1. Throws Fault::input outside that range.
int64_t normalized_axis(int64_t axis, int64_t rank);

// real = scale[c] * (stored - zero_point[c]); one entry, or one for each index along `axis`.
struct Quant {
    std::vector<float> scale;
    std::vector<int64_t> zero_point;
    int axis = -1;  // -1: per tensor
    bool operator==(const Quant&) const = default;
};

struct Type {
    DType dtype = DType::f32;
    Shape shape;
    std::optional<Quant> quant;

    int64_t elements() const { return element_count(shape); }
    size_t bytes() const { return (static_cast<size_t>(elements()) * dtype_bits(dtype) + 7) / 8; }
    int64_t rank() const { return static_cast<int64_t>(shape.size()); }
    bool operator==(const Type&) const = default;
};

std::string to_string(const Type& type);  // "f32[1,224,224,3]"

}  // namespace tinsmith
