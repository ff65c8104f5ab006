#include "run/available_memory.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>

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

}  // namespace tinsmith
