// The end of a path says what it holds.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace tinsmith {

// Whether `path` ends in one of `suffixes` (in lower case), whatever its own case.
inline bool has_suffix(std::string_view path, std::initializer_list<std::string_view> suffixes) {
    return std::any_of(suffixes.begin(), suffixes.end(), [&](std::string_view suffix) {
        if (path.size() < suffix.size()) return false;
        const std::string_view end = path.substr(path.size() - suffix.size());
        return std::equal(end.begin(), end.end(), suffix.begin(),
                          [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
    });
}

}  // namespace tinsmith
