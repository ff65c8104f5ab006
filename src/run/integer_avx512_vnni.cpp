// 16 channels to a vector; four 8-bit products to a lane and instruction (VPDPBUSD, whose left operand is unsigned: x + 128).
#if defined(__x86_64__)
#include "run/integer_isa.hpp"

#include <immintrin.h>
#include <algorithm>
#include <cstring>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))
#define AVX512_INLINE AVX512 __attribute__((always_inline)) static inline
#define UNROLL _Pragma("GCC unroll 16")

namespace tinsmith {

namespace {

constexpr int64_t lanes = 16;
constexpr int most_vectors = 4;

// Lanes 0, 2, 1, 3 of each quarter: the order in which `scaled` leaves its results. It is its own inverse.
AVX512_INLINE __m512i crossed(__m512i x) { return _mm512_shuffle_epi32(x, _MM_PERM_DBCA); }
AVX512_INLINE __m256i crossed(__m256i x) { return _mm256_shuffle_epi32(x, 0xD8); }

// The same of bytes, or bytes as they are.
AVX512_INLINE __m128i byte_order(bool cross) {
    return cross ? _mm_setr_epi8(0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15)
                 : _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

// Requantisation of the channels of a vector; odd ones apart from even ones.
struct Scale {
    __m512i factor, odd_factor, offset, odd_offset, right, left, ties;
};
struct HalfScale {
    __m256i factor, odd_factor, offset, odd_offset, right, left, ties;
};

AVX512_INLINE Scale scale_from(__m512i factor, __m512i offset, __m512i right, __m512i left, __m512i ties) {
    const __m512i half = _mm512_set1_epi64(INT64_C(1) << 31), high = _mm512_set1_epi64(INT64_C(-1) << 32);
    return {factor,
            _mm512_srli_epi64(factor, 32),
            _mm512_or_si512(_mm512_slli_epi64(offset, 32), half),
            _mm512_or_si512(_mm512_and_si512(offset, high), half),
            crossed(right),
            left,
            crossed(ties)};
}

AVX512_INLINE HalfScale scale_from(__m256i factor, __m256i offset, __m256i right, __m256i left, __m256i ties) {
    const __m256i half = _mm256_set1_epi64x(INT64_C(1) << 31), high = _mm256_set1_epi64x(INT64_C(-1) << 32);
    return {factor,
            _mm256_srli_epi64(factor, 32),
            _mm256_or_si256(_mm256_slli_epi64(offset, 32), half),
            _mm256_or_si256(_mm256_and_si256(offset, high), half),
            crossed(right),
            left,
            crossed(ties)};
}

AVX512_INLINE __m512i load(const void* p) { return _mm512_loadu_si512(p); }

AVX512_INLINE Scale scale_at(const Requantisation& to, int64_t c) {
    return scale_from(load(to.factor + c), load(to.offset + c), load(to.right + c), load(to.left + c), load(to.ties + c));
}

AVX512_INLINE Scale scale_of(tin_multiplier m) {
    const ScaleWords w = scale_words(m);
    return scale_from(_mm512_set1_epi32(w.factor), _mm512_set1_epi32(w.offset), _mm512_set1_epi32(w.right),
                      _mm512_set1_epi32(w.left), _mm512_set1_epi32(w.ties));
}

AVX512_INLINE __m512i flip_sign(__m512i x) { return _mm512_xor_si512(x, _mm512_set1_epi32(INT32_MIN)); }
AVX512_INLINE __m256i flip_sign(__m256i x) { return _mm256_xor_si256(x, _mm256_set1_epi32(INT32_MIN)); }

// tin_scale of sums that 2^31 was added to; crossed.
template <Rounding rounding>
AVX512_INLINE __m512i scaled(__m512i x, const Scale& s) {
    if (rounding == Rounding::shifted) x = flip_sign(_mm512_sllv_epi32(flip_sign(x), s.left));
    const __m512i even = _mm512_add_epi64(_mm512_mul_epu32(x, s.factor), s.offset);
    const __m512i odd = _mm512_add_epi64(_mm512_mul_epu32(_mm512_srli_epi64(x, 32), s.odd_factor), s.odd_offset);
    __m512i y = _mm512_castps_si512(_mm512_shuffle_ps(_mm512_castsi512_ps(even), _mm512_castsi512_ps(odd), 0xDD));
    if (rounding != Rounding::clipped)
        y = _mm512_mask_sub_epi32(y, _mm512_cmplt_epi32_mask(y, s.ties), y, _mm512_set1_epi32(1));
    return _mm512_srav_epi32(y, s.right);
}

template <Rounding rounding>
AVX512_INLINE __m256i scaled(__m256i x, const HalfScale& s) {
    if (rounding == Rounding::shifted) x = flip_sign(_mm256_sllv_epi32(flip_sign(x), s.left));
    const __m256i even = _mm256_add_epi64(_mm256_mul_epu32(x, s.factor), s.offset);
    const __m256i odd = _mm256_add_epi64(_mm256_mul_epu32(_mm256_srli_epi64(x, 32), s.odd_factor), s.odd_offset);
    __m256i y = _mm256_castps_si256(_mm256_shuffle_ps(_mm256_castsi256_ps(even), _mm256_castsi256_ps(odd), 0xDD));
    if (rounding != Rounding::clipped)
        y = _mm256_mask_sub_epi32(y, _mm256_cmplt_epi32_mask(y, s.ties), y, _mm256_set1_epi32(1));
    return _mm256_srav_epi32(y, s.right);
}

AVX512_INLINE __mmask64 first(int64_t count) { return count >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << count) - 1; }

// Four vectors of scaled sums as they are stored, one after the other.
AVX512_INLINE __m512i stored_bytes(__m512i a, __m512i b, __m512i c, __m512i d, const Requantisation& to, bool cross) {
    const __m512i zero = _mm512_set1_epi16(static_cast<int16_t>(to.zero));
    const __m512i bytes = _mm512_packs_epi16(_mm512_adds_epi16(_mm512_packs_epi32(a, b), zero),
                                             _mm512_adds_epi16(_mm512_packs_epi32(c, d), zero));
    const __m512i quads = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const __m512i order = _mm512_broadcast_i32x4(byte_order(cross));
    const __m512i y = _mm512_shuffle_epi8(_mm512_permutexvar_epi32(quads, bytes), order);
    return _mm512_min_epi8(_mm512_max_epi8(y, _mm512_set1_epi8(static_cast<char>(to.low))),
                           _mm512_set1_epi8(static_cast<char>(to.high)));
}

// What the unsigned operand needs: x + 128.
AVX512 void spread(const int8_t* x, int64_t n, std::byte* to) {
    const __m512i high = _mm512_set1_epi8(static_cast<char>(0x80));
    int64_t i = 0;
    for (; i + 64 <= n; i += 64) _mm512_storeu_si512(to + i, _mm512_xor_si512(load(x + i), high));
    if (i == n) return;
    const __mmask64 kept = first(n - i);
    _mm512_mask_storeu_epi8(to + i, kept, _mm512_xor_si512(_mm512_maskz_loadu_epi8(kept, x + i), high));
}

template <int rows, int vectors>
AVX512_INLINE void add_products(__m512i (&sums)[rows][vectors], const std::byte* x, const std::byte* w, int64_t steps) {
    const int64_t apart = steps * 4;
    for (int64_t k = 0; k < steps; ++k, w += ptrdiff_t{vectors} * 64) {
        __m512i weights[vectors];
        UNROLL for (int v = 0; v < vectors; ++v) weights[v] = load(w + ptrdiff_t{v} * 64);
        UNROLL for (int r = 0; r < rows; ++r) {
            int32_t four;
            std::memcpy(&four, x + r * apart + k * 4, sizeof four);
            const __m512i xs = _mm512_set1_epi32(four);
            UNROLL for (int v = 0; v < vectors; ++v) sums[r][v] = _mm512_dpbusd_epi32(sums[r][v], xs, weights[v]);
        }
    }
    // Nothing of what follows is moved into the loop: g++ 12 would copy sums, by way of the stack, in every step.
    UNROLL for (int r = 0; r < rows; ++r) { UNROLL for (int v = 0; v < vectors; ++v) asm("" : "+v"(sums[r][v])); }
}

// One row of a tile out of four vectors, of which `channels` from number `at` are the row's.
template <int at>
AVX512_INLINE void put(int8_t* y, __m512i bytes, int64_t channels, int64_t count) {
    if (channels == 16 && count >= 16)
        _mm_storeu_si128(reinterpret_cast<__m128i*>(y), _mm512_extracti32x4_epi32(bytes, at / 16));
    else if (channels == 16)
        _mm_mask_storeu_epi8(y, static_cast<__mmask16>(first(count)), _mm512_extracti32x4_epi32(bytes, at / 16));
    else if (channels == 32 && count >= 32)
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(y), _mm512_extracti64x4_epi64(bytes, at / 32));
    else if (channels == 32)
        _mm256_mask_storeu_epi8(y, static_cast<__mmask32>(first(count)), _mm512_extracti64x4_epi64(bytes, at / 32));
    else if (count >= 64 && channels == 64)
        _mm512_storeu_si512(y, bytes);
    else
        _mm512_mask_storeu_epi8(y, first(std::min(count, channels)), bytes);
}

template <int rows, int vectors, Rounding rounding>
AVX512 void tile(const ProductTask& t, const std::byte* w, int64_t m, int64_t channel) {
    __m512i sums[rows][vectors];
    UNROLL for (int v = 0; v < vectors; ++v) {
        const __m512i start = rounding == Rounding::none ? _mm512_setzero_si512() : load(t.to.start + channel + v * lanes);
        UNROLL for (int r = 0; r < rows; ++r) sums[r][v] = start;
    }
    add_products<rows, vectors>(sums, t.x + m * t.steps * 4, w, t.steps);
    if (rounding == Rounding::none) {
        for (int r = 0; r < rows; ++r)
            for (int64_t v = 0, c = channel; v < vectors; ++v, c += lanes)
                _mm512_mask_storeu_epi32(t.sums + (m + r) * t.outs + c,
                                         static_cast<__mmask16>(first(std::clamp<int64_t>(t.outs - c, 0, lanes))), sums[r][v]);
        return;
    }
    UNROLL for (int v = 0; v < vectors; ++v) {
        const Scale scale = scale_at(t.to, channel + v * lanes);
        UNROLL for (int r = 0; r < rows; ++r) sums[r][v] = scaled<rounding>(sums[r][v], scale);
    }
    constexpr int together = vectors > 2 ? 1 : 4 / vectors, last = rows - 1;  // rows to four vectors
    int8_t* y = t.y + m * t.outs + channel;
    const int64_t count = t.outs - channel;
    UNROLL for (int r = 0; r < rows; r += together) {
        constexpr int width = vectors * static_cast<int>(lanes), end = vectors - 1;
        const int r1 = std::min(r + 1, last), r2 = std::min(r + 2, last), r3 = std::min(r + 3, last);
        if (together == 4) {
            const __m512i bytes = stored_bytes(sums[r][0], sums[r1][0], sums[r2][0], sums[r3][0], t.to, true);
            put<0>(y + r * t.outs, bytes, width, count);
            if (r + 1 < rows) put<16>(y + r1 * t.outs, bytes, width, count);
            if (r + 2 < rows) put<32>(y + r2 * t.outs, bytes, width, count);
            if (r + 3 < rows) put<48>(y + r3 * t.outs, bytes, width, count);
        } else if (together == 2) {
            const __m512i bytes = stored_bytes(sums[r][0], sums[r][end], sums[r1][0], sums[r1][end], t.to, true);
            put<0>(y + r * t.outs, bytes, width, count);
            if (r + 1 < rows) put<32>(y + r1 * t.outs, bytes, width, count);
        } else {
            put<0>(y + r * t.outs,
                   stored_bytes(sums[r][0], sums[r][vectors > 1], sums[r][end > 1 ? 2 : 0], sums[r][end], t.to, true), width,
                   count);
        }
    }
}

// Narrow panels take more rows, so that enough sums are under way.
template <int vectors>
constexpr int rows_of = vectors > 2   ? 6
                        : vectors > 1 ? 12
                                      : 8;
constexpr int64_t whole_tiles = 24;  // rows that are a multiple of all of these

template <int vectors, Rounding rounding>
AVX512 void panel(const ProductTask& t, const std::byte* w, int64_t channel) {
    constexpr int rows = rows_of<vectors>;
    int64_t m = 0;
    for (; m + rows <= t.m; m += rows) tile<rows, vectors, rounding>(t, w, m, channel);
    for (; m + 4 <= t.m; m += 4) tile<4, vectors, rounding>(t, w, m, channel);
    for (; m < t.m; ++m) tile<1, vectors, rounding>(t, w, m, channel);
}

template <Rounding rounding>
AVX512 void product_of(const ProductTask& t) {
    const std::byte* w = t.weights;
    for (int64_t channel = 0; channel < t.outs; channel += most_vectors * lanes, w += t.steps * most_vectors * 64) {
        switch (std::min<int64_t>((t.outs - channel + lanes - 1) / lanes, most_vectors)) {
            case 1: panel<1, rounding>(t, w, channel); break;
            case 2: panel<2, rounding>(t, w, channel); break;
            case 3: panel<3, rounding>(t, w, channel); break;
            default: panel<4, rounding>(t, w, channel);
        }
    }
}

void product(const ProductTask& t) {
    switch (t.to.rounding) {
        case Rounding::none: return product_of<Rounding::none>(t);
        case Rounding::clipped: return product_of<Rounding::clipped>(t);
        case Rounding::whole: return product_of<Rounding::whole>(t);
        case Rounding::shifted: return product_of<Rounding::shifted>(t);
    }
}

// Depthwise layers: 32 channels at a time, the last ones once more where they are not a multiple. Four taps to a product: what is
// unpacked has channels 0-3 and 16-19 in the first vector, 4-7 and 20-23 in the second, and so on.
constexpr int64_t block = 32;

int64_t block_at(int64_t channel, int64_t channels) { return std::max<int64_t>(0, std::min(channel, channels - block)); }

std::vector<std::byte> pack_depthwise(const int8_t* weights, int64_t taps, int64_t channels) {
    std::vector<std::byte> bytes;
    for (int64_t c = 0; c < channels; c += block)
        for (int64_t tap = 0; tap < taps; tap += 4)
            for (int64_t vector = 0; vector < 4; ++vector)
                for (int64_t lane = 0; lane < 8; ++lane)
                    for (int64_t t = tap; t < tap + 4; ++t) {
                        const int64_t channel = block_at(c, channels) + vector * 4 + lane % 4 + lane / 4 * 16;
                        bytes.push_back(t < taps && channel < channels ? static_cast<std::byte>(weights[t * channels + channel])
                                                                       : std::byte{0});
                    }
    return bytes;
}

// Constants of channels 0-3 and 16-19 from p.
AVX512_INLINE __m256i load_quads(const int32_t* p) {
    const auto* low = reinterpret_cast<const __m128i*>(p);
    return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128(low)), _mm_loadu_si128(low + 4), 1);
}

AVX512_INLINE HalfScale scale_of_quads(const Requantisation& to, int64_t c) {
    return scale_from(load_quads(to.factor + c), load_quads(to.offset + c), load_quads(to.right + c), load_quads(to.left + c),
                      load_quads(to.ties + c));
}

template <bool whole>
AVX512_INLINE __m256i load_block(const int8_t* p, __mmask32 kept) {
    const __m256i x = whole ? _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)) : _mm256_maskz_loadu_epi8(kept, p);
    return _mm256_xor_si256(x, _mm256_set1_epi8(static_cast<char>(0x80)));
}

// Adds up one place's 32 channels.
template <bool whole>
AVX512_INLINE void add_taps(const DepthwiseTask& t, int64_t m, int64_t channel, const std::byte* weights, __mmask32 kept,
                            __m256i& s0, __m256i& s1, __m256i& s2, __m256i& s3) {
    const int64_t at = m * t.advance + channel;
    const auto* w = reinterpret_cast<const __m256i*>(weights);
    for (int64_t tap = 0; tap < t.count; tap += 4, w += 4) {
        const int64_t left = t.count - tap;
        const __m256i x0 = load_block<whole>(t.taps[tap] + at, kept);
        const __m256i x1 = left > 1 ? load_block<whole>(t.taps[tap + 1] + at, kept) : x0;
        const __m256i x2 = left > 2 ? load_block<whole>(t.taps[tap + 2] + at, kept) : x0;
        const __m256i x3 = left > 3 ? load_block<whole>(t.taps[tap + 3] + at, kept) : x0;
        const __m256i low01 = _mm256_unpacklo_epi8(x0, x1), low23 = _mm256_unpacklo_epi8(x2, x3);
        const __m256i high01 = _mm256_unpackhi_epi8(x0, x1), high23 = _mm256_unpackhi_epi8(x2, x3);
        s0 = _mm256_dpbusd_epi32(s0, _mm256_unpacklo_epi16(low01, low23), _mm256_loadu_si256(w));
        s1 = _mm256_dpbusd_epi32(s1, _mm256_unpackhi_epi16(low01, low23), _mm256_loadu_si256(w + 1));
        s2 = _mm256_dpbusd_epi32(s2, _mm256_unpacklo_epi16(high01, high23), _mm256_loadu_si256(w + 2));
        s3 = _mm256_dpbusd_epi32(s3, _mm256_unpackhi_epi16(high01, high23), _mm256_loadu_si256(w + 3));
    }
}

template <bool whole>
AVX512 void depthwise_sums(const DepthwiseTask& t, int64_t channel, const std::byte* weights) {
    const auto kept = static_cast<__mmask32>(first(t.channels));
    for (int64_t m = 0; m < t.m; ++m) {
        __m256i s0 = _mm256_setzero_si256(), s1 = s0, s2 = s0, s3 = s0;
        add_taps<whole>(t, m, channel, weights, kept, s0, s1, s2, s3);
        const __m256i sums[]{_mm256_permute2x128_si256(s0, s1, 0x20), _mm256_permute2x128_si256(s2, s3, 0x20),
                             _mm256_permute2x128_si256(s0, s1, 0x31), _mm256_permute2x128_si256(s2, s3, 0x31)};
        int32_t* const to = t.sums + m * t.channels + channel;
        UNROLL for (int64_t i = 0; i < 4; ++i) _mm256_mask_storeu_epi32(
            to + 8 * i, static_cast<__mmask8>(first(std::clamp<int64_t>(t.channels - channel - 8 * i, 0, 8))), sums[i]);
    }
}

template <bool whole, Rounding rounding>
AVX512 void depthwise_block(const DepthwiseTask& t, int64_t channel, const std::byte* weights) {
    const auto kept = static_cast<__mmask32>(first(t.channels));
    const int32_t* start = t.to.start + channel;
    const HalfScale scale0 = scale_of_quads(t.to, channel), scale1 = scale_of_quads(t.to, channel + 4),
                    scale2 = scale_of_quads(t.to, channel + 8), scale3 = scale_of_quads(t.to, channel + 12);
    const __m256i zero = _mm256_set1_epi16(static_cast<int16_t>(t.to.zero)),
                  cross = _mm256_broadcastsi128_si256(byte_order(true));
    const __m256i low = _mm256_set1_epi8(static_cast<char>(t.to.low)), high = _mm256_set1_epi8(static_cast<char>(t.to.high));
    for (int64_t m = 0; m < t.m; ++m) {
        __m256i s0 = load_quads(start), s1 = load_quads(start + 4), s2 = load_quads(start + 8), s3 = load_quads(start + 12);
        add_taps<whole>(t, m, channel, weights, kept, s0, s1, s2, s3);
        const __m256i a = _mm256_packs_epi32(scaled<rounding>(s0, scale0), scaled<rounding>(s1, scale1));
        const __m256i b = _mm256_packs_epi32(scaled<rounding>(s2, scale2), scaled<rounding>(s3, scale3));
        __m256i y = _mm256_packs_epi16(_mm256_adds_epi16(a, zero), _mm256_adds_epi16(b, zero));
        y = _mm256_min_epi8(_mm256_max_epi8(_mm256_shuffle_epi8(y, cross), low), high);
        int8_t* to = t.y + m * t.channels + channel;
        if (whole)
            _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), y);
        else
            _mm256_mask_storeu_epi8(to, kept, y);
    }
}

template <Rounding rounding>
AVX512 void depthwise_of(const DepthwiseTask& t) {
    const std::byte* w = t.weights;
    for (int64_t c = 0; c < t.channels; c += block, w += (t.count + 3) / 4 * 128)
        if (rounding == Rounding::none)
            t.channels >= block ? depthwise_sums<true>(t, block_at(c, t.channels), w) : depthwise_sums<false>(t, 0, w);
        else if (t.channels >= block)
            depthwise_block<true, rounding>(t, block_at(c, t.channels), w);
        else
            depthwise_block<false, rounding>(t, 0, w);
}

void depthwise(const DepthwiseTask& t) {
    switch (t.to.rounding) {
        case Rounding::none: return depthwise_of<Rounding::none>(t);
        case Rounding::clipped: return depthwise_of<Rounding::clipped>(t);
        case Rounding::whole: return depthwise_of<Rounding::whole>(t);
        case Rounding::shifted: return depthwise_of<Rounding::shifted>(t);
    }
}

// 16 operands of a sum in the common scale, crossed.
AVX512_INLINE __m512i common(const int8_t* p, int32_t zero, int32_t shift, const Scale& scale) {
    const __m512i x = _mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
    const __m512i moved = _mm512_sll_epi32(_mm512_sub_epi32(x, _mm512_set1_epi32(zero)), _mm_cvtsi32_si128(shift));
    return scaled<Rounding::whole>(flip_sign(moved), scale);
}

AVX512 void add(const int8_t* xs, const int8_t* ys, int8_t* sums, int64_t n, const tin_binary& q) {
    const Scale a_scale = scale_of(q.a), b_scale = scale_of(q.b), y_scale = scale_of(q.y);
    Requantisation to;
    to.zero = q.zero_y;
    to.low = q.low;
    to.high = q.high;
    const auto sum_of_16 = [&](int64_t i) AVX512 {
        const __m512i a = common(xs + i, q.zero_a, q.shift, a_scale), b = common(ys + i, q.zero_b, q.shift, b_scale);
        return scaled<Rounding::shifted>(flip_sign(_mm512_add_epi32(a, b)), y_scale);
    };
    int64_t i = 0;
    for (; i + 64 <= n; i += 64)
        _mm512_storeu_si512(sums + i,
                            stored_bytes(sum_of_16(i), sum_of_16(i + 16), sum_of_16(i + 32), sum_of_16(i + 48), to, false));
    if (i == n) return;
    int8_t some[3][64] = {};
    std::memcpy(some[0], xs + i, static_cast<size_t>(n - i));
    std::memcpy(some[1], ys + i, static_cast<size_t>(n - i));
    add(some[0], some[1], some[2], 64, q);
    std::memcpy(sums + i, some[2], static_cast<size_t>(n - i));
}

}  // namespace

const IntegerIsa avx512_vnni_isa{"avx512_vnni", lanes,  most_vectors, 4,         whole_tiles,    0,
                                 128,           spread, product,      depthwise, pack_depthwise, add};

}  // namespace tinsmith
#endif
