// Attributes of a node: a small sorted list of name and value, checked against the operator's AttrSpec list by the verifier.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tinsmith {

struct Graph;
using Ints = std::vector<int64_t>;
using Floats = std::vector<double>;
using GraphRef = std::shared_ptr<const Graph>;
using Attr = std::variant<bool, int64_t, double, std::string, Ints, Floats, GraphRef>;

class Attrs {
public:
    Attrs() = default;
    Attrs(std::initializer_list<std::pair<std::string_view, Attr>> items) {
        for (auto& [name, value] : items) set(name, value);
    }
    void set(std::string_view name, Attr value);
    void erase(std::string_view name);
    const Attr* find(std::string_view name) const;
    auto begin() const { return items_.begin(); }
    auto end() const { return items_.end(); }
    size_t size() const { return items_.size(); }
    bool operator==(const Attrs&) const = default;

private:
    std::vector<std::pair<std::string, Attr>> items_;  // sorted by name
};

// One attribute that an operator has: its name and the value that an absent one stands for.
struct AttrSpec {
    std::string_view name;
    Attr fallback;
    bool required = false;
};

}  // namespace tinsmith
