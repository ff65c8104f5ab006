#include "run/available_memory.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <optional>

namespace tinsmith {

static std::optional<size_t> first_number(const char* path) {
    std::ifstream file(path);
    size_t number = 0;
    if (file >> number) return number;
    return std::nullopt;
}

static std::optional<size_t> meminfo_available() {
    std::ifstream file("/proc/meminfo");
    std::string key, unit;
    size_t kilobytes = 0;
    while (file >> key >> kilobytes) {
        if (key == "MemAvailable:") return kilobytes * 1024;
        std::getline(file, unit);
    }
    return std::nullopt;
}

size_t available_memory() {
    size_t available = meminfo_available().value_or(SIZE_MAX);
    // Control groups, version 2; "max" is not a number and means no limit.
    auto limit = first_number("/sys/fs/cgroup/memory.max");
    auto used = first_number("/sys/fs/cgroup/memory.current");
    if (limit && used) available = std::min(available, *limit - std::min(*limit, *used));
    return available;
}

std::string human_bytes(size_t bytes) {
    const double value = static_cast<double>(bytes);
    if (bytes < 1000) return fmt::format("{} bytes", bytes);
    if (bytes < size_t{1000} * 1000) return fmt::format("{:.1f} kB", value / 1e3);
    if (bytes < size_t{1000} * 1000 * 1000) return fmt::format("{:.1f} MB", value / 1e6);
    return fmt::format("{:.1f} GB", value / 1e9);
}

}  // namespace tinsmith
