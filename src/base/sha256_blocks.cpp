#include "base/sha256_blocks.hpp"

#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace tinsmith {

static constexpr size_t block_bytes = 64, rounds = 64;

static void add_block(const Sha256Rounds& constants, Sha256Words& state, const std::byte* block) {
    Sha256Rounds w;
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
            h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) + ((e & f) ^ (~e & g)) + constants[t] + w[t];
        const uint32_t two = (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + one, d = c, c = b, b = a, a = one + two;
    }
    const Sha256Words change{a, b, c, d, e, f, g, h};
    for (size_t i = 0; i < state.size(); ++i) state[i] += change[i];
}

void add_sha256_blocks_plain(const Sha256Rounds& constants, Sha256Words& state, const std::byte* data, size_t blocks) {
    for (size_t i = 0; i < blocks; ++i) add_block(constants, state, data + i * block_bytes);
}

#if defined(__x86_64__)

static bool has_sha() {
    constexpr unsigned sha_bit = 1U << 29, sse41_bit = 1U << 19;
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & sse41_bit)) return false;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & sha_bit);
}

// The instructions keep the state as two vectors, a b e f and c d g h, and do two rounds at a time.
__attribute__((target("sha,sse4.1"))) static void add_blocks(const Sha256Rounds& constants, Sha256Words& state,
                                                             const std::byte* data, size_t blocks) {
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    auto* words = reinterpret_cast<__m128i*>(state.data());
    const __m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128(words), 0xb1);
    const __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128(words + 1), 0x1b);
    __m128i abef = _mm_alignr_epi8(cdab, efgh, 8), cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
    for (; blocks > 0; --blocks, data += block_bytes) {
        const __m128i abef_before = abef, cdgh_before = cdgh;
        __m128i w[4];
        for (size_t i = 0; i < 4; ++i)
            w[i] = _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(data) + i), big_endian);
        for (size_t i = 0; i < rounds / 4; ++i) {
            __m128i& four = w[i % 4];
            if (i >= 4) {
                const __m128i last = w[(i + 3) % 4];
                const __m128i sevenths = _mm_alignr_epi8(last, w[(i + 2) % 4], 4);
                four = _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(four, w[(i + 1) % 4]), sevenths), last);
            }
            const __m128i k = _mm_loadu_si128(reinterpret_cast<const __m128i*>(constants.data() + 4 * i));
            const __m128i sum = _mm_add_epi32(four, k);
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    const __m128i feba = _mm_shuffle_epi32(abef, 0x1b), dchg = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128(words, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128(words + 1, _mm_alignr_epi8(dchg, feba, 8));
}

bool add_sha256_blocks_fast(const Sha256Rounds& constants, Sha256Words& state, const std::byte* data, size_t blocks) {
    static const bool has = has_sha();
    if (has) add_blocks(constants, state, data, blocks);
    return has;
}

#else

bool add_sha256_blocks_fast(const Sha256Rounds&, Sha256Words&, const std::byte*, size_t) { return false; }

#endif

}  // namespace tinsmith
