// The lines of a text file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tinsmith {

// Of a text that may come from Windows and begin with a mark of its encoding; without empty ones at its end.
std::vector<std::string> lines_of(std::string_view text);

}  // namespace tinsmith
