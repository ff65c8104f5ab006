// Formats: PKWARE's APPNOTE.TXT 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (its end).
#include "format/zip/stored_entry.hpp"

#include <zlib.h>

#include <algorithm>

namespace tinsmith {

namespace {

constexpr size_t end_size = 22, central_size = 46, local_size = 30, most_comment = 65535;

class Bytes {
public:
    explicit Bytes(std::span<const std::byte> bytes) : bytes_(bytes) {}
    bool has(uint64_t at, uint64_t size) const { return at <= bytes_.size() && size <= bytes_.size() - at; }
    uint32_t number(uint64_t at, size_t size) const {  // little-endian; requires has(at, size)
        uint32_t out = 0;
        for (size_t i = size; i-- > 0;) out = out << 8 | static_cast<uint32_t>(bytes_[at + i]);
        return out;
    }

private:
    std::span<const std::byte> bytes_;
};

std::optional<uint64_t> end_of_directory(const Bytes& bytes, uint64_t size) {
    for (uint64_t comment = 0; comment <= most_comment && size >= end_size + comment; ++comment) {
        const uint64_t at = size - end_size - comment;
        if (bytes.number(at, 4) == 0x06054b50 && bytes.number(at + 20, 2) == comment) return at;
    }
    return std::nullopt;
}

}  // namespace

std::optional<Buffer> stored_entry(const Buffer& archive, uint64_t index, uint64_t size) {
    const Bytes bytes(archive.bytes());
    const auto end = end_of_directory(bytes, archive.size());
    if (!end) return std::nullopt;
    uint64_t at = bytes.number(*end + 16, 4);
    for (uint64_t entry = 0;; ++entry) {
        if (!bytes.has(at, central_size) || bytes.number(at, 4) != 0x02014b50) return std::nullopt;
        if (entry == index) break;
        at += central_size + bytes.number(at + 28, 2) + bytes.number(at + 30, 2) + bytes.number(at + 32, 2);
    }
    const bool encrypted = bytes.number(at + 8, 2) & 1, compressed = bytes.number(at + 10, 2) != 0;
    if (encrypted || compressed || bytes.number(at + 20, 4) != size || bytes.number(at + 24, 4) != size) return std::nullopt;
    const uint64_t local = bytes.number(at + 42, 4);
    if (!bytes.has(local, local_size) || bytes.number(local, 4) != 0x04034b50) return std::nullopt;
    const uint64_t data = local + local_size + bytes.number(local + 26, 2) + bytes.number(local + 28, 2);
    if (!bytes.has(data, size)) return std::nullopt;
    const std::span<const std::byte> content = archive.bytes().subspan(data, size);
    const auto sum = crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size());
    if (sum != bytes.number(at + 16, 4)) return std::nullopt;
    return archive.slice(data, size);
}

}  // namespace tinsmith
