// A model as an Arduino header: one constant array.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace tinsmith::packages {

// NAME.h with NAME_data and NAME_data_len. `made_by` goes into a comment.
std::string header_text(std::string_view name, std::string_view made_by, std::span<const std::byte> model);

}  // namespace tinsmith::packages
