// 16 channels to a vector; four 8-bit products to a lane and instruction (VPDPBUSD, whose left operand is unsigned: x + 128).
#if defined(__x86_64__)
#include "run/integer_isa.hpp"

#include <immintrin.h>
#include <cstring>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))
#define AVX512_INLINE AVX512 __attribute__((always_inline)) static inline

namespace tinsmith {

namespace {

constexpr int64_t lanes = 16;
constexpr int tile_rows = 6;

struct Scale {
    __m512i mantissa, left, right;
};

AVX512_INLINE Scale scale_at(const Requantisation& to, int64_t channel) {
    return {_mm512_loadu_si512(to.mantissa + channel), _mm512_loadu_si512(to.left + channel),
            _mm512_loadu_si512(to.right + channel)};
}

AVX512_INLINE Scale scale_of(tin_multiplier m) {
    return {_mm512_set1_epi32(m.mantissa), _mm512_set1_epi32(m.shift > 0 ? m.shift : 0),
            _mm512_set1_epi32(m.shift > 0 ? 0 : -m.shift)};
}

// tin_scale: high half of the doubled product, rounded, then divided by a power of two, rounded.
AVX512_INLINE __m512i scaled(__m512i x, const Scale& s) {
    const __m512i half = _mm512_set1_epi64(INT64_C(1) << 30), one = _mm512_set1_epi32(1);
    x = _mm512_sllv_epi32(x, s.left);
    const __m512i even = _mm512_add_epi64(_mm512_mul_epi32(x, s.mantissa), half);
    const __m512i odd = _mm512_add_epi64(_mm512_mul_epi32(_mm512_srli_epi64(x, 32), _mm512_srli_epi64(s.mantissa, 32)), half);
    x = _mm512_mask_blend_epi32(0xAAAA, _mm512_srli_epi64(even, 31), _mm512_slli_epi64(odd, 1));
    const __m512i mask = _mm512_sub_epi32(_mm512_sllv_epi32(one, s.right), one);
    const __m512i threshold = _mm512_add_epi32(_mm512_srli_epi32(mask, 1), _mm512_srli_epi32(x, 31));
    const __mmask16 up = _mm512_cmpgt_epi32_mask(_mm512_and_si512(x, mask), threshold);
    const __m512i y = _mm512_srav_epi32(x, s.right);
    return _mm512_mask_add_epi32(y, up, y, one);
}

AVX512_INLINE __m128i stored(__m512i x, int32_t zero, int32_t low, int32_t high) {
    x = _mm512_add_epi32(x, _mm512_set1_epi32(zero));
    x = _mm512_min_epi32(_mm512_max_epi32(x, _mm512_set1_epi32(low)), _mm512_set1_epi32(high));
    return _mm512_cvtsepi32_epi8(x);
}

AVX512_INLINE __mmask16 first(int64_t count) { return static_cast<__mmask16>(count >= lanes ? 0xFFFF : (1u << count) - 1); }

AVX512_INLINE int32_t load4(const int8_t* p) {
    int32_t x;
    std::memcpy(&x, p, sizeof x);
    return x;
}

// 1 to 3 bytes, without a call.
AVX512_INLINE int32_t load_some(const int8_t* p, int64_t count) {
    uint32_t x = static_cast<uint8_t>(p[0]);
    if (count > 1) x |= static_cast<uint32_t>(static_cast<uint8_t>(p[1])) << 8;
    if (count > 2) x |= static_cast<uint32_t>(static_cast<uint8_t>(p[2])) << 16;
    return static_cast<int32_t>(x);
}

// The vectors of one row of a tile, or of one step of weights. Members, not an array: g++ keeps these in registers.
struct Four {
    __m512i v0, v1, v2, v3;
};

template <int vectors>
AVX512_INLINE Four load_vectors(const void* p, int64_t bytes_apart) {
    const char* at = static_cast<const char*>(p);
    Four out;
    out.v0 = _mm512_loadu_si512(at);
    out.v1 = vectors > 1 ? _mm512_loadu_si512(at + bytes_apart) : out.v0;
    out.v2 = vectors > 2 ? _mm512_loadu_si512(at + 2 * bytes_apart) : out.v0;
    out.v3 = vectors > 3 ? _mm512_loadu_si512(at + 3 * bytes_apart) : out.v0;
    return out;
}

template <int vectors>
AVX512_INLINE void add_products(Four& sums, int32_t x, const Four& weights) {
    const __m512i xs = _mm512_xor_si512(_mm512_set1_epi32(x), _mm512_set1_epi8(static_cast<char>(0x80)));
    sums.v0 = _mm512_dpbusd_epi32(sums.v0, xs, weights.v0);
    if (vectors > 1) sums.v1 = _mm512_dpbusd_epi32(sums.v1, xs, weights.v1);
    if (vectors > 2) sums.v2 = _mm512_dpbusd_epi32(sums.v2, xs, weights.v2);
    if (vectors > 3) sums.v3 = _mm512_dpbusd_epi32(sums.v3, xs, weights.v3);
}

AVX512_INLINE void store_vector(const ProductTask& t, __m512i sums, const Scale& scale, int64_t m, int64_t channel) {
    if (m >= t.m) return;
    const __m128i y = stored(scaled(sums, scale), t.to.zero, t.to.low, t.to.high);
    _mm_mask_storeu_epi8(t.y + m * t.outs + channel, first(t.outs - channel), y);
}

#define EACH_ROW(X) X(0) X(1) X(2) X(3) X(4) X(5)

template <int vectors>
AVX512 void tile(const ProductTask& t, const int8_t* const* rows, int64_t m, int64_t channel) {
    const int64_t steps = (t.depth + 3) / 4, block_bytes = t.taps * steps * 64, whole = t.depth / 4 * 4;
    const std::byte* w = t.weights + channel / lanes * block_bytes;
    const Four start = load_vectors<vectors>(t.to.start + channel, 64);
#define START(r) Four sums##r = start;
    EACH_ROW(START)
    for (int64_t tap = 0; tap < t.taps; ++tap) {
#define ROW(r) const int8_t* p##r = rows[r * t.taps + tap];
        EACH_ROW(ROW)
        int64_t k = 0;
        for (; k < whole; k += 4, w += 64) {
            const Four weights = load_vectors<vectors>(w, block_bytes);
#define ADD(r) add_products<vectors>(sums##r, load4(p##r + k), weights);
            EACH_ROW(ADD)
        }
        if (k < t.depth) {
            const Four weights = load_vectors<vectors>(w, block_bytes);
#define ADD_REST(r) add_products<vectors>(sums##r, load_some(p##r + k, t.depth - k), weights);
            EACH_ROW(ADD_REST)
            w += 64;
        }
    }
#define STORE(r, v, at) store_vector(t, sums##r.v, scale, m + r, at);
#define STORE0(r) STORE(r, v0, channel)
#define STORE1(r) STORE(r, v1, channel + lanes)
#define STORE2(r) STORE(r, v2, channel + 2 * lanes)
#define STORE3(r) STORE(r, v3, channel + 3 * lanes)
    Scale scale = scale_at(t.to, channel);
    EACH_ROW(STORE0)
    if (vectors > 1) {
        scale = scale_at(t.to, channel + lanes);
        EACH_ROW(STORE1)
    }
    if (vectors > 2) {
        scale = scale_at(t.to, channel + 2 * lanes);
        EACH_ROW(STORE2)
    }
    if (vectors > 3) {
        scale = scale_at(t.to, channel + 3 * lanes);
        EACH_ROW(STORE3)
    }
}

AVX512 void product(const ProductTask& t) {
    for (int64_t channel = 0; channel < t.outs;) {
        const int64_t vectors = (t.outs - channel + lanes - 1) / lanes;
        for (int64_t m = 0; m < t.m; m += tile_rows) {
            const int8_t* const* rows = t.rows + m * t.taps;
            if (vectors >= 4)
                tile<4>(t, rows, m, channel);
            else if (vectors == 3)
                tile<3>(t, rows, m, channel);
            else if (vectors == 2)
                tile<2>(t, rows, m, channel);
            else
                tile<1>(t, rows, m, channel);
        }
        channel += (vectors >= 4 ? 4 : vectors) * lanes;
    }
}

template <bool whole>
AVX512_INLINE __m512i load_channels(const int8_t* p, __mmask16 kept) {
    return _mm512_cvtepi8_epi32(whole ? _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)) : _mm_maskz_loadu_epi8(kept, p));
}

// Two taps at once: 16-bit pairs of x beside 16-bit pairs of weights. `whole`: all channels of the vector are there.
template <bool whole>
AVX512 void depthwise_vector(const DepthwiseTask& t, int64_t channel) {
    const int64_t pairs = (t.taps + 1) / 2;
    const __mmask16 kept = first(t.channels - channel);
    const Scale scale = scale_at(t.to, channel);
    const __m512i start = _mm512_loadu_si512(t.to.start + channel);
    const std::byte* weights = t.weights + channel / lanes * pairs * 64;
    for (int64_t m = 0; m < t.m; ++m) {
        const int8_t* const* rows = t.rows + m * t.taps;
        __m512i sum = start;
        for (int64_t i = 0; i < pairs; ++i) {
            const int64_t odd = i * 2 + 1 < t.taps ? i * 2 + 1 : i * 2;
            const __m512i x0 = load_channels<whole>(rows[i * 2] + channel, kept);
            const __m512i x1 = _mm512_slli_epi32(load_channels<whole>(rows[odd] + channel, kept), 16);
            sum = _mm512_dpwssd_epi32(sum, _mm512_mask_blend_epi16(0xAAAAAAAA, x0, x1), _mm512_loadu_si512(weights + i * 64));
        }
        const __m128i y = stored(scaled(sum, scale), t.to.zero, t.to.low, t.to.high);
        _mm_mask_storeu_epi8(t.y + m * t.channels + channel, kept, y);
    }
}

AVX512 void depthwise(const DepthwiseTask& t) {
    for (int64_t channel = 0; channel < t.channels; channel += lanes)
        if (t.channels - channel >= lanes)
            depthwise_vector<true>(t, channel);
        else
            depthwise_vector<false>(t, channel);
}

AVX512 void add(const int8_t* xs, const int8_t* ys, int8_t* sums, int64_t n, const tin_binary& q) {
    const Scale a_scale = scale_of(q.a), b_scale = scale_of(q.b), y_scale = scale_of(q.y);
    const __m512i a_zero = _mm512_set1_epi32(q.zero_a), b_zero = _mm512_set1_epi32(q.zero_b);
    const __m128i left = _mm_cvtsi32_si128(q.shift);
    for (int64_t i = 0; i < n; i += lanes) {
        const __mmask16 kept = first(n - i);
        __m512i a = _mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(kept, xs + i));
        __m512i b = _mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(kept, ys + i));
        a = scaled(_mm512_sll_epi32(_mm512_sub_epi32(a, a_zero), left), a_scale);
        b = scaled(_mm512_sll_epi32(_mm512_sub_epi32(b, b_zero), left), b_scale);
        _mm_mask_storeu_epi8(sums + i, kept, stored(scaled(_mm512_add_epi32(a, b), y_scale), q.zero_y, q.low, q.high));
    }
}

}  // namespace

const IntegerIsa avx512_vnni_isa{"avx512_vnni", lanes, 4, tile_rows, 128, product, depthwise, add};

}  // namespace tinsmith
#endif
