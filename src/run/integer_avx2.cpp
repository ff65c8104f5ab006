// 8 channels to a vector; pairs of 16-bit products to a lane and instruction (VPMADDWD): nothing saturates.
#if defined(__x86_64__)
#include "run/integer_isa.hpp"

#include <immintrin.h>
#include <cstring>

#define AVX2 __attribute__((target("avx2")))
#define AVX2_INLINE AVX2 __attribute__((always_inline)) static inline

namespace tinsmith {

namespace {

constexpr int64_t lanes = 8;
constexpr int tile_rows = 4;

struct Scale {
    __m256i mantissa, left, right;
};

AVX2_INLINE __m256i load(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }

AVX2_INLINE Scale scale_at(const Requantisation& to, int64_t channel) {
    return {load(to.mantissa + channel), load(to.left + channel), load(to.right + channel)};
}

AVX2_INLINE Scale scale_of(tin_multiplier m) {
    return {_mm256_set1_epi32(m.mantissa), _mm256_set1_epi32(m.shift > 0 ? m.shift : 0),
            _mm256_set1_epi32(m.shift > 0 ? 0 : -m.shift)};
}

// tin_scale: high half of the doubled product, rounded, then divided by a power of two, rounded.
AVX2_INLINE __m256i scaled(__m256i x, const Scale& s) {
    const __m256i half = _mm256_set1_epi64x(INT64_C(1) << 30), one = _mm256_set1_epi32(1);
    x = _mm256_sllv_epi32(x, s.left);
    const __m256i even = _mm256_add_epi64(_mm256_mul_epi32(x, s.mantissa), half);
    const __m256i odd = _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(x, 32), _mm256_srli_epi64(s.mantissa, 32)), half);
    x = _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), 0xAA);
    const __m256i mask = _mm256_sub_epi32(_mm256_sllv_epi32(one, s.right), one);
    const __m256i threshold = _mm256_add_epi32(_mm256_srli_epi32(mask, 1), _mm256_srli_epi32(x, 31));
    const __m256i up = _mm256_cmpgt_epi32(_mm256_and_si256(x, mask), threshold);
    return _mm256_sub_epi32(_mm256_srav_epi32(x, s.right), up);
}

AVX2_INLINE void store(__m256i x, int32_t zero, int32_t low, int32_t high, int8_t* y, int64_t count) {
    x = _mm256_add_epi32(x, _mm256_set1_epi32(zero));
    x = _mm256_min_epi32(_mm256_max_epi32(x, _mm256_set1_epi32(low)), _mm256_set1_epi32(high));
    const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
    const int64_t bytes = _mm_cvtsi128_si64(_mm_packs_epi16(words, words));
    std::memcpy(y, &bytes, static_cast<size_t>(count < lanes ? count : lanes));
}

AVX2_INLINE __m256i load_bytes(const int8_t* p, int64_t count) {
    int64_t bytes = 0;
    if (count >= lanes)
        std::memcpy(&bytes, p, sizeof bytes);
    else
        std::memcpy(&bytes, p, static_cast<size_t>(count));
    return _mm256_cvtepi8_epi32(_mm_cvtsi64_si128(bytes));
}

AVX2_INLINE int32_t pair(int8_t low, int8_t high) {
    return static_cast<int32_t>(static_cast<uint16_t>(low) | static_cast<uint32_t>(static_cast<uint16_t>(high)) << 16);
}

template <int vectors>
AVX2_INLINE void add_products(__m256i (&sums)[tile_rows][vectors], const int32_t (&x)[tile_rows], const std::byte* w,
                              int64_t block_bytes) {
    __m256i weights[vectors];
#pragma GCC unroll 2
    for (int v = 0; v < vectors; ++v) weights[v] = load(w + v * block_bytes);
#pragma GCC unroll 4
    for (int r = 0; r < tile_rows; ++r)
#pragma GCC unroll 2
        for (int v = 0; v < vectors; ++v)
            sums[r][v] = _mm256_add_epi32(sums[r][v], _mm256_madd_epi16(_mm256_set1_epi32(x[r]), weights[v]));
}

template <int vectors>
AVX2 void tile(const ProductTask& t, const int8_t* const* rows, int64_t m, int64_t channel) {
    const int64_t steps = (t.depth + 1) / 2, block_bytes = t.taps * steps * 32;
    const std::byte* w = t.weights + channel / lanes * block_bytes;
    __m256i sums[tile_rows][vectors];
#pragma GCC unroll 4
    for (int r = 0; r < tile_rows; ++r)
#pragma GCC unroll 2
        for (int v = 0; v < vectors; ++v) sums[r][v] = load(t.to.start + channel + v * lanes);
    for (int64_t tap = 0; tap < t.taps; ++tap) {
        const int8_t* p[tile_rows];
#pragma GCC unroll 4
        for (int r = 0; r < tile_rows; ++r) p[r] = rows[r * t.taps + tap];
        int64_t k = 0;
        for (; k + 2 <= t.depth; k += 2, w += 32) {
            int32_t x[tile_rows];
#pragma GCC unroll 4
            for (int r = 0; r < tile_rows; ++r) x[r] = pair(p[r][k], p[r][k + 1]);
            add_products<vectors>(sums, x, w, block_bytes);
        }
        if (k < t.depth) {
            int32_t x[tile_rows];
            for (int r = 0; r < tile_rows; ++r) x[r] = pair(p[r][k], 0);
            add_products<vectors>(sums, x, w, block_bytes);
            w += 32;
        }
    }
#pragma GCC unroll 2
    for (int v = 0; v < vectors; ++v) {
        const int64_t at = channel + v * lanes;
        const Scale scale = scale_at(t.to, at);
#pragma GCC unroll 4
        for (int r = 0; r < tile_rows; ++r)
            if (m + r < t.m)
                store(scaled(sums[r][v], scale), t.to.zero, t.to.low, t.to.high, t.y + (m + r) * t.outs + at, t.outs - at);
    }
}

AVX2 void product(const ProductTask& t) {
    for (int64_t channel = 0; channel < t.outs;) {
        const int64_t vectors = t.outs - channel > lanes ? 2 : 1;
        for (int64_t m = 0; m < t.m; m += tile_rows) {
            const int8_t* const* rows = t.rows + m * t.taps;
            if (vectors == 2)
                tile<2>(t, rows, m, channel);
            else
                tile<1>(t, rows, m, channel);
        }
        channel += vectors * lanes;
    }
}

// Two taps at once.
AVX2 void depthwise(const DepthwiseTask& t) {
    const int64_t pairs = (t.taps + 1) / 2;
    for (int64_t channel = 0; channel < t.channels; channel += lanes) {
        const int64_t count = t.channels - channel;
        const Scale scale = scale_at(t.to, channel);
        const __m256i start = load(t.to.start + channel);
        const std::byte* weights = t.weights + channel / lanes * pairs * 32;
        for (int64_t m = 0; m < t.m; ++m) {
            const int8_t* const* rows = t.rows + m * t.taps;
            __m256i sum = start;
            for (int64_t i = 0; i < pairs; ++i) {
                const int64_t odd = i * 2 + 1 < t.taps ? i * 2 + 1 : i * 2;
                const __m256i x0 = load_bytes(rows[i * 2] + channel, count);
                const __m256i x1 = _mm256_slli_epi32(load_bytes(rows[odd] + channel, count), 16);
                const __m256i x = _mm256_blend_epi16(x0, x1, 0xAA);
                sum = _mm256_add_epi32(sum, _mm256_madd_epi16(x, load(weights + i * 32)));
            }
            store(scaled(sum, scale), t.to.zero, t.to.low, t.to.high, t.y + m * t.channels + channel, count);
        }
    }
}

AVX2 void add(const AddTask& t) {
    const Scale a_scale = scale_of(t.a_scale), b_scale = scale_of(t.b_scale), y_scale = scale_of(t.y_scale);
    const __m256i a_zero = _mm256_set1_epi32(t.a_zero), b_zero = _mm256_set1_epi32(t.b_zero);
    const __m128i left = _mm_cvtsi32_si128(t.left);
    for (int64_t i = 0; i < t.n; i += lanes) {
        __m256i a = _mm256_sub_epi32(load_bytes(t.a + i, t.n - i), a_zero),
                b = _mm256_sub_epi32(load_bytes(t.b + i, t.n - i), b_zero);
        a = scaled(_mm256_sll_epi32(a, left), a_scale);
        b = scaled(_mm256_sll_epi32(b, left), b_scale);
        store(scaled(_mm256_add_epi32(a, b), y_scale), t.y_zero, t.low, t.high, t.y + i, t.n - i);
    }
}

}  // namespace

const IntegerIsa avx2_isa{"avx2", lanes, 2, tile_rows, 0, product, depthwise, add};

}  // namespace tinsmith
#endif
