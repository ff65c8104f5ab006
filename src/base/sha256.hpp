// SHA-256 (FIPS 180-4): the digest by which files and results are recognised.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace tinsmith {

// 64 hexadecimal digits.
std::string sha256(std::span<const std::byte> bytes);
std::string sha256(std::string_view text);

}  // namespace tinsmith
