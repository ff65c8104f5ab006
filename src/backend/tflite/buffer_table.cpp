#include "backend/tflite/buffer_table.hpp"

#include <algorithm>

namespace tinsmith::tflite {

// FNV-1a over the size and at most 64 bytes spread over the content: enough to tell weights apart without reading gigabytes;
// what it does not tell apart is compared in full.
static uint64_t sample(const tinsmith::Buffer& content) {
    uint64_t hash = 0xcbf29ce484222325;
    auto mix = [&](uint64_t v) { hash = (hash ^ v) * 0x100000001b3; };
    mix(content.size());
    std::span<const std::byte> element = content.splat_element();
    std::span<const std::byte> bytes = element.empty() ? content.bytes() : element;
    constexpr size_t points = 64;
    for (size_t i = 0; i < std::min(content.size(), points); ++i) {
        // A spread of odd steps, so that not only one byte of each element is seen.
        size_t at = content.size() <= points ? i : i * ((content.size() - points) / (points - 1)) + i % 4;
        mix(static_cast<uint64_t>(bytes[element.empty() ? at : at % bytes.size()]));
    }
    return hash;
}

uint32_t BufferTable::add(const tinsmith::Buffer& content) {
    std::vector<uint32_t>& alike = by_sample_[sample(content)];
    for (uint32_t index : alike)
        if (same_content(payloads_[index], content)) return index;
    alike.push_back(static_cast<uint32_t>(payloads_.size()));
    payloads_.push_back(content);
    return alike.back();
}

}  // namespace tinsmith::tflite
