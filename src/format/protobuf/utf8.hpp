// Names end up in messages, JSON and the written file: they have to be text.
#pragma once

#include <string_view>

namespace tinsmith {

// Whether the bytes are UTF-8 without a zero byte.
bool is_utf8(std::string_view text);

}  // namespace tinsmith
