#include "base/files_of.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <filesystem>

namespace tinsmith {

std::vector<std::string> files_of(const std::string& path) {
    namespace fs = std::filesystem;
    std::error_code error;
    if (!fs::is_directory(path, error)) return {path};
    std::vector<std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(path, error))
        if (entry.is_regular_file(error) && entry.file_size(error) > 0) out.push_back(entry.path().string());
    check(!error, "cannot read '{}': {}", path, error.message());
    std::sort(out.begin(), out.end());
    return out;
}

uint64_t size_on_disk(const std::string& path) {
    uint64_t bytes = 0;
    for (const std::string& file : files_of(path)) {
        std::error_code error;
        bytes += std::filesystem::file_size(file, error);
        check(!error, "cannot read '{}': {}", file, error.message());
    }
    return bytes;
}

}  // namespace tinsmith
