#include "base/sizes.hpp"

#include <fmt/format.h>

#include <array>

namespace tinsmith {

std::string human_bytes(uint64_t bytes) {
    constexpr std::array units{"KB", "MB", "GB", "TB"};
    if (bytes < 1024) return fmt::format("{} B", bytes);
    double value = static_cast<double>(bytes) / 1024;
    size_t unit = 0;
    for (; value >= 1023.95 && unit + 1 < units.size(); ++unit) value /= 1024;
    return fmt::format("{:.1f} {}", value, units[unit]);
}

std::string kilobytes(uint64_t bytes) { return fmt::format("{:.1f} KB", static_cast<double>(bytes) / 1024); }

}  // namespace tinsmith
