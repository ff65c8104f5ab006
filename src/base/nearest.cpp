#include "base/nearest.hpp"

#include <algorithm>
#include <numeric>

namespace tinsmith {

size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), size_t{0});
    for (size_t i = 0; i < a.size(); ++i) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < b.size(); ++j) {
            size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({substituted, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row[b.size()];
}

std::string nearest_names(std::string_view wanted, const std::vector<std::string>& names) {
    constexpr size_t longest = 200;  // distances of longer names cost more than they tell
    std::vector<std::pair<size_t, std::string_view>> ranked;
    for (std::string_view name : names)
        if (!name.empty()) ranked.emplace_back(edit_distance(wanted.substr(0, longest), name.substr(0, longest)), name);
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    ranked.erase(std::unique(ranked.begin(), ranked.end()), ranked.end());
    std::string text;
    for (size_t i = 0; i < std::min<size_t>(3, ranked.size()); ++i)
        text += (i ? ", '" : "'") + std::string(ranked[i].second) + "'";
    return text;
}

}  // namespace tinsmith
