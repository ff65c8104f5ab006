// Walks the fields of one protobuf message in place, trusting nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tinsmith {

struct WireField {
    uint32_t number = 0;
    uint8_t kind = 0;                  // 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes
    uint64_t scalar = 0;               // kinds 0, 1 and 5
    std::span<const std::byte> bytes;  // kind 2: the content; otherwise the bytes of the scalar
    std::span<const std::byte> whole;  // with the tag
};

class WireReader {
public:
    // `file` is where byte offsets in messages are counted from.
    WireReader(std::span<const std::byte> message, const std::byte* file) : rest_(message), file_(file) {}

    bool done() const { return rest_.empty(); }
    // Requires !done(). Throws Fault::input with the byte offset when the bytes are no field.
    WireField next();
    uint64_t varint();
    size_t offset() const { return static_cast<size_t>(rest_.data() - file_); }

private:
    std::span<const std::byte> take(uint64_t count, const char* what);
    std::span<const std::byte> rest_;
    const std::byte* file_;
};

}  // namespace tinsmith
