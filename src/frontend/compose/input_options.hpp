// What users say of inputs (--shape, --set), and what they are shown to say.
#pragma once

#include "base/error.hpp"
#include "base/nearest.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tinsmith {

// A shape that the user can copy and correct; of each extent `value` is its number, if it has one.
template <class Extent>
std::string example_shape(const std::vector<Extent>& extents) {
    std::string text;
    for (size_t i = 0; i < extents.size(); ++i) {
        const int64_t extent = extents[i].value.value_or(i == 0 ? 1 : extents.size() == 4 ? 224 : 16);
        text += (i ? "x" : "") + std::to_string(std::max<int64_t>(extent, 1));
    }
    return text;
}

// Throws Fault::input for the first name that is no input's.
template <class Option>
void check_names(const std::map<std::string, Option>& given, const std::vector<std::string>& names, std::string_view option) {
    for (const auto& [name, value] : given)
        if (std::find(names.begin(), names.end(), name) == names.end())
            fail(Fault::input, "{} names '{}', which is no input of the model; its inputs are {}", option, name,
                 nearest_names(name, names));
}

}  // namespace tinsmith
