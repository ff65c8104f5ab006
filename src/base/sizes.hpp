// Bytes as people read them. KB and MB are 1024 and 1024 * 1024 bytes everywhere, as RAM and flash are sold.
#pragma once

#include <cstdint>
#include <string>

namespace tinsmith {

std::string human_bytes(uint64_t bytes);  // "512 B", "14.0 MB": in the largest unit of which there is one
std::string kilobytes(uint64_t bytes);    // "2048.0 KB": in one unit, for the columns of tables

}  // namespace tinsmith
