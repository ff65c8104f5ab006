// Elements from one type to another, exactly or not at all.
#pragma once

#include "ir/type.hpp"

#include <cstddef>
#include <span>

namespace tinsmith {

// `count` elements of type `from` at any address become elements of `to`: floats are rounded to the nearest float; into integers
// go only integral numbers in range; into a quantised type real numbers are quantised (integers of its own type are stored values).
// Throws Fault::input naming the first element that is not finite or does not fit.
std::vector<std::byte> converted(const std::byte* data, int64_t count, DType from, const Type& to);

}  // namespace tinsmith
