// Sorted tables in LevelDB's file format.
#pragma once

#include "base/buffer.hpp"

#include <functional>
#include <string_view>

namespace tinsmith::tensorflow {

// Calls `take` with every key and value, in order; they live as long as the call. Throws Fault::input when the table is damaged: every
// block bears a checksum.
void read_table(const Buffer& file, const std::function<void(std::string_view key, std::span<const std::byte> value)>& take);

}  // namespace tinsmith::tensorflow
