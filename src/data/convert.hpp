// Elements of tensors: from one type to another, as real numbers, in another order.
#pragma once

#include "base/buffer.hpp"
#include "ir/type.hpp"

namespace tinsmith {

// `count` elements of type `from` at any address become elements of `to`: floats are rounded to the nearest float; into
// integers go only integral numbers in range; into a quantised type real numbers are quantised (integers of its own type are
// stored values). Throws Fault::input naming the first element that is not finite or does not fit.
std::vector<std::byte> converted(const std::byte* data, int64_t count, DType from, const Type& to);

// The real numbers that a tensor stands for: dequantised where its type is quantised.
std::vector<double> real_values(const Type& type, const Buffer& data);

// The elements of a tensor of this type transposed: axis i of the result is axis perm[i] of the tensor. Not for 4-bit elements.
Buffer transposed(const Buffer& data, const Type& type, const std::vector<int64_t>& perm);

}  // namespace tinsmith
