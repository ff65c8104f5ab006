// The payloads of a file: each distinct content once, in order of first use. Entry 0 is empty, as the format demands.
#pragma once

#include "base/buffer.hpp"

#include <unordered_map>
#include <vector>

namespace tinsmith::tflite {

class BufferTable {
public:
    // The index of a payload with this content.
    uint32_t add(const tinsmith::Buffer& content);
    const std::vector<tinsmith::Buffer>& payloads() const { return payloads_; }

private:
    std::vector<tinsmith::Buffer> payloads_{tinsmith::Buffer()};
    std::unordered_map<uint64_t, std::vector<uint32_t>> by_sample_;
};

}  // namespace tinsmith::tflite
