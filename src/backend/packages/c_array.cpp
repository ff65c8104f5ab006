#include "backend/packages/c_array.hpp"

namespace tinsmith::packages {

std::string c_array(std::span<const std::byte> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    constexpr size_t each_line = 16;
    std::string out;
    out.reserve(bytes.size() * 6 + bytes.size() / each_line * 4 + 8);
    for (size_t i = 0; i < bytes.size(); ++i) {
        const auto byte = static_cast<unsigned>(bytes[i]);
        out += i % each_line == 0 ? "    0x" : " 0x";
        out += digits[byte >> 4];
        out += digits[byte & 15];
        out += ',';
        if (i % each_line == each_line - 1 || i + 1 == bytes.size()) out += '\n';
    }
    return out;
}

}  // namespace tinsmith::packages
