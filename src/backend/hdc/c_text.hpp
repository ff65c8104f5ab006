// Pieces of the headers that are written.
#pragma once

#include "hdc/integer.hpp"

#include <string>
#include <string_view>

namespace tinsmith::hdc {

// A dimension that several headers define: the same in all of them, or the compiler says so.
std::string dimension_macro(std::string_view name, size_t value);
// A macro that whoever includes the header may have defined already.
std::string default_macro(std::string_view name, std::string_view value);
// "{1, -2},\n" a row.
template <class T>
std::string rows_of(const std::vector<T>& values, size_t rows) {
    const size_t columns = values.size() / rows;
    std::string out;
    for (size_t r = 0; r < rows; ++r) {
        out += "    {";
        for (size_t c = 0; c < columns; ++c) {
            if (c) out += ", ";
            out += std::is_same_v<T, uint32_t> ? fmt::format("0x{:08x}U", static_cast<uint32_t>(values[r * columns + c]))
                                               : std::to_string(values[r * columns + c]);
        }
        out += "},\n";
    }
    return out;
}
// A float constant that reads back as the same float: "0.0353f".
std::string float_text(float value);

}  // namespace tinsmith::hdc
