#include "base/sha256.hpp"

#include "base/sha256_blocks.hpp"

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace tinsmith {

namespace {

constexpr size_t block_bytes = 64, rounds = 64;

// FIPS 180-4, 4.2.2 and 5.3.3: the first 32 bits of the fractional parts of the roots of the first primes.
uint32_t fraction(long double root) { return static_cast<uint32_t>((root - std::floor(root)) * 4294967296.0L); }

struct Constants {
    Sha256Rounds round{};
    Sha256Words start{};

    Constants() {
        size_t found = 0;
        for (unsigned candidate = 2; found < rounds; ++candidate) {
            bool prime = true;
            for (unsigned d = 2; d * d <= candidate; ++d) prime = prime && candidate % d != 0;
            if (!prime) continue;
            if (found < start.size()) start[found] = fraction(std::sqrt(static_cast<long double>(candidate)));
            round[found++] = fraction(std::cbrt(static_cast<long double>(candidate)));
        }
    }
};

void add_blocks(const Constants& constants, Sha256Words& state, const std::byte* data, size_t blocks) {
    if (!add_sha256_blocks_fast(constants.round, state, data, blocks))
        add_sha256_blocks_plain(constants.round, state, data, blocks);
}

}  // namespace

std::string sha256(std::span<const std::byte> bytes) {
    static const Constants constants;
    Sha256Words state = constants.start;
    const size_t blocks = bytes.size() / block_bytes, done = blocks * block_bytes;
    add_blocks(constants, state, bytes.data(), blocks);
    // The rest, a bit 1, zeros, and the length in bits.
    std::array<std::byte, 2 * block_bytes> tail{};
    const size_t left = bytes.size() - done, length = left < block_bytes - 8 ? block_bytes : 2 * block_bytes;
    if (left != 0) std::memcpy(tail.data(), bytes.data() + done, left);
    tail[left] = std::byte{0x80};
    for (size_t i = 0; i < 8; ++i) tail[length - 1 - i] = static_cast<std::byte>(uint64_t{bytes.size()} * 8 >> 8 * i);
    add_blocks(constants, state, tail.data(), length / block_bytes);
    std::string text;
    for (uint32_t word : state) text += fmt::format("{:08x}", word);
    return text;
}

std::string sha256(std::string_view text) { return sha256(std::as_bytes(std::span(text))); }

}  // namespace tinsmith
