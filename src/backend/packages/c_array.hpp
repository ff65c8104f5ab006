// Bytes as the initialiser of a C array.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace tinsmith::packages {

// "0x1c, 0x00, …" over lines of 16, indented by four, each ending in a comma and a line break.
std::string c_array(std::span<const std::byte> bytes);

}  // namespace tinsmith::packages
