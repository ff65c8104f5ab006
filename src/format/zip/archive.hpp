// Zip archives that come from anywhere: the entries as bytes, used where they lie when they are not compressed.
#pragma once

#include "base/buffer.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tinsmith {

class ZipArchive {
public:
    // Throws Fault::input when the bytes are no zip archive.
    explicit ZipArchive(Buffer file);
    ~ZipArchive();
    ZipArchive(ZipArchive&&) noexcept;
    ZipArchive& operator=(ZipArchive&&) noexcept;

    const std::vector<std::string>& names() const;  // of the entries, in the order of the archive
    bool contains(std::string_view name) const;
    // Throws Fault::input when there is no such entry, it is damaged, or its size is not believable.
    Buffer read(std::string_view name) const;
    // The same for formats whose writers compress nothing: a compressed entry is refused, so that the archive bounds what is read.
    Buffer read_stored(std::string_view name) const;

private:
    struct Archive;
    std::unique_ptr<Archive> archive_;
};

}  // namespace tinsmith
