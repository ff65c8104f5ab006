#include "ir/attr.hpp"

#include <algorithm>

namespace tinsmith {

static bool before(const std::pair<std::string, Attr>& item, std::string_view name) { return item.first < name; }

void Attrs::set(std::string_view name, Attr value) {
    auto at = std::lower_bound(items_.begin(), items_.end(), name, before);
    if (at != items_.end() && at->first == name)
        at->second = std::move(value);
    else
        items_.insert(at, {std::string(name), std::move(value)});
}

void Attrs::erase(std::string_view name) {
    auto at = std::lower_bound(items_.begin(), items_.end(), name, before);
    if (at != items_.end() && at->first == name) items_.erase(at);
}

const Attr* Attrs::find(std::string_view name) const {
    auto at = std::lower_bound(items_.begin(), items_.end(), name, before);
    return at != items_.end() && at->first == name ? &at->second : nullptr;
}

}  // namespace tinsmith
