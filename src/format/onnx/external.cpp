#include "base/error.hpp"
#include "base/file.hpp"
#include "format/onnx/payload.hpp"

#include <algorithm>
#include <filesystem>

namespace tinsmith::onnx {

namespace fs = std::filesystem;

ExternalFiles::File& ExternalFiles::open(const std::string& location) {
    if (auto found = files_.find(location); found != files_.end()) return found->second;
    fs::path relative(location);
    check(!location.empty() && location.find('\0') == std::string::npos && location.find('\\') == std::string::npos,
          "'{}' is no name of a file beside the model", location);
    check(relative.is_relative() &&
              std::none_of(relative.begin(), relative.end(), [](const fs::path& part) { return part == ".."; }),
          "external data '{}' is outside the model's folder", location);
    std::error_code error;
    fs::path folder = fs::canonical(folder_.empty() ? fs::path(".") : fs::path(folder_), error);
    check(!error, "external data '{}': the folder '{}' cannot be read", location, folder_);
    fs::path file = fs::canonical(folder / relative, error);
    check(!error, "external data '{}' is not in the folder '{}'; put it beside the model", location, folder_);
    auto differ = std::mismatch(folder.begin(), folder.end(), file.begin(), file.end());
    check(differ.first == folder.end(),
          "external data '{}' is a link to outside the model's folder; put the file itself beside the model", location);
    return files_.emplace(location, File{map_file(file.string()), {}}).first->second;
}

Buffer ExternalFiles::take(const std::string& location, uint64_t offset, uint64_t size) {
    File& file = open(location);
    check(offset <= file.bytes.size() && size <= file.bytes.size() - offset,
          "external data '{}' has {} bytes; the tensor wants {} bytes from {}", location, file.bytes.size(), size, offset);
    if (size > 0) {
        auto after = file.taken.lower_bound(offset);
        bool overlaps = (after != file.taken.end() && after->first < offset + size) ||
                        (after != file.taken.begin() && std::prev(after)->second > offset);
        check(!overlaps, "bytes {} to {} of external data '{}' belong to another tensor too", offset, offset + size, location);
        file.taken.emplace(offset, offset + size);
    }
    return file.bytes.slice(static_cast<size_t>(offset), static_cast<size_t>(size));
}

std::vector<std::string> ExternalFiles::locations() const {
    std::vector<std::string> out;
    for (const auto& [location, file] : files_) out.push_back(location);
    return out;
}

}  // namespace tinsmith::onnx
