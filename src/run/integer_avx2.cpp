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

// The vectors of one row of a tile, or of one step of weights. Members, not an array: g++ keeps these in registers.
struct Two {
    __m256i v0, v1;
};

template <int vectors>
AVX2_INLINE Two load_vectors(const void* p, int64_t bytes_apart) {
    const char* at = static_cast<const char*>(p);
    Two out;
    out.v0 = load(at);
    out.v1 = vectors > 1 ? load(at + bytes_apart) : out.v0;
    return out;
}

template <int vectors>
AVX2_INLINE void add_products(Two& sums, int32_t x, const Two& weights) {
    const __m256i xs = _mm256_set1_epi32(x);
    sums.v0 = _mm256_add_epi32(sums.v0, _mm256_madd_epi16(xs, weights.v0));
    if (vectors > 1) sums.v1 = _mm256_add_epi32(sums.v1, _mm256_madd_epi16(xs, weights.v1));
}

AVX2_INLINE void store_vector(const ProductTask& t, __m256i sums, const Scale& scale, int64_t m, int64_t channel) {
    if (m >= t.m) return;
    store(scaled(sums, scale), t.to.zero, t.to.low, t.to.high, t.y + m * t.outs + channel, t.outs - channel);
}

#define EACH_ROW(X) X(0) X(1) X(2) X(3)

template <int vectors>
AVX2 void tile(const ProductTask& t, const int8_t* const* rows, int64_t m, int64_t channel) {
    const int64_t steps = (t.depth + 1) / 2, block_bytes = t.taps * steps * 32, whole = t.depth / 2 * 2;
    const std::byte* w = t.weights + channel / lanes * block_bytes;
    const Two start = load_vectors<vectors>(t.to.start + channel, 32);
#define START(r) Two sums##r = start;
    EACH_ROW(START)
    for (int64_t tap = 0; tap < t.taps; ++tap) {
#define ROW(r) const int8_t* p##r = rows[r * t.taps + tap];
        EACH_ROW(ROW)
        int64_t k = 0;
        for (; k < whole; k += 2, w += 32) {
            const Two weights = load_vectors<vectors>(w, block_bytes);
#define ADD(r) add_products<vectors>(sums##r, pair(p##r[k], p##r[k + 1]), weights);
            EACH_ROW(ADD)
        }
        if (k < t.depth) {
            const Two weights = load_vectors<vectors>(w, block_bytes);
#define ADD_LAST(r) add_products<vectors>(sums##r, pair(p##r[k], 0), weights);
            EACH_ROW(ADD_LAST)
            w += 32;
        }
    }
#define STORE0(r) store_vector(t, sums##r.v0, scale, m + r, channel);
#define STORE1(r) store_vector(t, sums##r.v1, scale, m + r, channel + lanes);
    Scale scale = scale_at(t.to, channel);
    EACH_ROW(STORE0)
    if (vectors > 1) {
        scale = scale_at(t.to, channel + lanes);
        EACH_ROW(STORE1)
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

AVX2 void add(const int8_t* xs, const int8_t* ys, int8_t* sums, int64_t n, const tin_binary& q) {
    const Scale a_scale = scale_of(q.a), b_scale = scale_of(q.b), y_scale = scale_of(q.y);
    const __m256i a_zero = _mm256_set1_epi32(q.zero_a), b_zero = _mm256_set1_epi32(q.zero_b);
    const __m128i left = _mm_cvtsi32_si128(q.shift);
    for (int64_t i = 0; i < n; i += lanes) {
        __m256i a = _mm256_sub_epi32(load_bytes(xs + i, n - i), a_zero),
                b = _mm256_sub_epi32(load_bytes(ys + i, n - i), b_zero);
        a = scaled(_mm256_sll_epi32(a, left), a_scale);
        b = scaled(_mm256_sll_epi32(b, left), b_scale);
        store(scaled(_mm256_add_epi32(a, b), y_scale), q.zero_y, q.low, q.high, sums + i, n - i);
    }
}

}  // namespace

const IntegerIsa avx2_isa{"avx2", lanes, 2, tile_rows, 0, product, depthwise, add};

}  // namespace tinsmith
#endif
