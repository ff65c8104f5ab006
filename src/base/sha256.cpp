#include "base/sha256.hpp"

#include <fmt/core.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace tinsmith {

namespace {

using Words = std::array<uint32_t, 8>;
constexpr size_t block_bytes = 64, rounds = 64;

// FIPS 180-4, 4.2.2 and 5.3.3: the first 32 bits of the fractional parts of the roots of the first primes.
uint32_t fraction(long double root) { return static_cast<uint32_t>((root - std::floor(root)) * 4294967296.0L); }

struct Constants {
    std::array<uint32_t, rounds> round{};
    Words start{};

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

void add_block(const Constants& constants, Words& state, const std::byte* block) {
    std::array<uint32_t, rounds> w;
    for (size_t t = 0; t < 16; ++t) {
        w[t] = 0;
        for (size_t i = 0; i < 4; ++i) w[t] = w[t] << 8 | std::to_integer<uint32_t>(block[4 * t + i]);
    }
    for (size_t t = 16; t < rounds; ++t) {
        const uint32_t a = w[t - 15], b = w[t - 2];
        w[t] = w[t - 16] + w[t - 7] + (std::rotr(a, 7) ^ std::rotr(a, 18) ^ a >> 3) +
               (std::rotr(b, 17) ^ std::rotr(b, 19) ^ b >> 10);
    }
    auto [a, b, c, d, e, f, g, h] = state;
    for (size_t t = 0; t < rounds; ++t) {
        const uint32_t one =
            h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) + ((e & f) ^ (~e & g)) + constants.round[t] + w[t];
        const uint32_t two = (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + one, d = c, c = b, b = a, a = one + two;
    }
    const Words change{a, b, c, d, e, f, g, h};
    for (size_t i = 0; i < state.size(); ++i) state[i] += change[i];
}

}  // namespace

std::string sha256(std::span<const std::byte> bytes) {
    static const Constants constants;
    Words state = constants.start;
    size_t done = 0;
    for (; bytes.size() - done >= block_bytes; done += block_bytes) add_block(constants, state, bytes.data() + done);
    // The rest, a bit 1, zeros, and the length in bits.
    std::array<std::byte, 2 * block_bytes> tail{};
    const size_t left = bytes.size() - done, length = left < block_bytes - 8 ? block_bytes : 2 * block_bytes;
    if (left != 0) std::memcpy(tail.data(), bytes.data() + done, left);
    tail[left] = std::byte{0x80};
    for (size_t i = 0; i < 8; ++i) tail[length - 1 - i] = static_cast<std::byte>(uint64_t{bytes.size()} * 8 >> 8 * i);
    for (size_t at = 0; at < length; at += block_bytes) add_block(constants, state, tail.data() + at);
    std::string text;
    for (uint32_t word : state) text += fmt::format("{:08x}", word);
    return text;
}

std::string sha256(std::string_view text) { return sha256(std::as_bytes(std::span(text))); }

}  // namespace tinsmith
