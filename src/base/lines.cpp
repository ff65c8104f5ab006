#include "base/lines.hpp"

#include <algorithm>

namespace tinsmith {

std::vector<std::string> lines_of(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    std::vector<std::string> out;
    while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        out.emplace_back(line);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    while (!out.empty() && out.back().empty()) out.pop_back();
    return out;
}

}  // namespace tinsmith
