// Where the elements of a tensor are: in the file as they will be used, in typed fields, or in another file.
#pragma once

#include "format/onnx/model.hpp"

#include <map>

namespace tinsmith::onnx {

// The files that hold tensors outside the model. Each is mapped once, and must lie inside the model's folder.
class ExternalFiles {
public:
    explicit ExternalFiles(std::string folder) : folder_(std::move(folder)) {}

    // `size` bytes at `offset`. Throws Fault::input when the location leaves the folder, the range leaves the file, or it overlaps a
    // range that was taken before.
    Buffer take(const std::string& location, uint64_t offset, uint64_t size);
    // Locations that something was taken from, sorted.
    std::vector<std::string> locations() const;

private:
    struct File {
        Buffer bytes;
        std::map<uint64_t, uint64_t> taken;  // start -> end
    };
    File& open(const std::string& location);
    std::string folder_;
    std::map<std::string, File> files_;  // by location
};

// The elements that a serialised tensor message itself holds, little-endian. `count` is the number that its dims ask for. Throws
// Fault::input when it holds more or fewer.
Buffer inline_payload(const Buffer& file, std::span<const std::byte> tensor, ElementType type, int64_t count);

}  // namespace tinsmith::onnx
