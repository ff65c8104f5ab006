// Numbers and arrays as C spells them.
#pragma once

#include "backend/c/record.hpp"

namespace tinsmith::c99 {

// The C type of elements that are stored so: "int8_t", "float"; halves and booleans as the integers that hold them.
std::string_view c_type(DType dtype);
// Of one element.
size_t c_size(std::string_view type);

std::string number(int64_t value, std::string_view type);
std::string number(double value, std::string_view type);  // exact

// "1, 2, 3" over lines of at most 120 columns, indented by four; the bytes hold elements of `dtype`.
std::string list_of(DType dtype, std::span<const std::byte> bytes);
std::string wrapped(const std::vector<std::string>& items);

}  // namespace tinsmith::c99
