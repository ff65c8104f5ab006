#include "format/tensorflow/crc32c.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace tinsmith::tensorflow {

namespace {

// tables[k][b]: what byte b contributes k bytes later.
using Tables = std::array<std::array<uint32_t, 256>, 8>;

constexpr Tables make_tables() {
    constexpr uint32_t reflected_polynomial = 0x82f63b78;
    Tables tables{};
    for (uint32_t b = 0; b < 256; ++b) {
        uint32_t crc = b;
        for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) ? reflected_polynomial : 0);
        tables[0][b] = crc;
    }
    for (size_t k = 1; k < 8; ++k)
        for (size_t b = 0; b < 256; ++b) tables[k][b] = tables[k - 1][b] >> 8 ^ tables[0][tables[k - 1][b] & 255];
    return tables;
}

constexpr Tables tables = make_tables();

}  // namespace

uint32_t crc32c(std::span<const std::byte> bytes) {
    static_assert(std::endian::native == std::endian::little);
    uint32_t crc = 0xffffffff;
    size_t at = 0;
    for (; at + 8 <= bytes.size(); at += 8) {  // eight bytes at once
        uint64_t word = 0;
        std::memcpy(&word, bytes.data() + at, 8);
        word ^= crc;
        crc = 0;
        for (size_t k = 0; k < 8; ++k) crc ^= tables[7 - k][word >> 8 * k & 255];
    }
    for (; at < bytes.size(); ++at) crc = crc >> 8 ^ tables[0][(crc ^ static_cast<uint32_t>(bytes[at])) & 255];
    return ~crc;
}

uint32_t masked_crc32c(std::span<const std::byte> bytes) { return std::rotr(crc32c(bytes), 15) + 0xa282ead8; }

}  // namespace tinsmith::tensorflow
