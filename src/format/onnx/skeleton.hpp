// The bytes of a model without the payloads of its tensors: small enough for protobuf, whatever the size of the model.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace tinsmith::onnx {

struct Skeleton {
    std::string bytes;                                // a wire::Model; every tensor bears its index below
    std::vector<std::span<const std::byte>> tensors;  // the tensor messages in the file
};

// Throws Fault::input with the place and byte offset where the bytes are no model, nest too deeply, or consist of so many tiny
// parts that memory would be a large multiple of the file.
Skeleton make_skeleton(std::span<const std::byte> model);

}  // namespace tinsmith::onnx
