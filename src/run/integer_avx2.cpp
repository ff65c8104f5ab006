// 8 channels to a vector; pairs of 16-bit products to a lane and instruction (VPMADDWD): nothing saturates.
#if defined(__x86_64__)
#include "run/integer_isa.hpp"

#include <immintrin.h>
#include <algorithm>
#include <cstring>

#define AVX2 __attribute__((target("avx2")))
#define AVX2_INLINE AVX2 __attribute__((always_inline)) static inline
#define UNROLL _Pragma("GCC unroll 8")

namespace tinsmith {

namespace {

constexpr int64_t lanes = 8;
constexpr int most_vectors = 2;
constexpr int tile_rows = 6;

AVX2_INLINE __m256i load(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
AVX2_INLINE __m128i load_half(const void* p) { return _mm_loadu_si128(static_cast<const __m128i*>(p)); }
AVX2_INLINE void store(void* p, __m256i x) { _mm256_storeu_si256(static_cast<__m256i*>(p), x); }

// Lanes 0, 2, 1, 3 of each half: the order in which `scaled` leaves its results. It is its own inverse.
AVX2_INLINE __m256i crossed(__m256i x) { return _mm256_shuffle_epi32(x, 0xD8); }

// Requantisation of 8 channels; odd ones apart from even ones.
struct Scale {
    __m256i factor, odd_factor, offset, odd_offset, right, left, ties;
};

AVX2_INLINE Scale scale_from(__m256i factor, __m256i offset, __m256i right, __m256i left, __m256i ties) {
    const __m256i half = _mm256_set1_epi64x(INT64_C(1) << 31),
                  high = _mm256_set1_epi64x(static_cast<int64_t>(0xFFFFFFFF00000000));
    return {factor,
            _mm256_srli_epi64(factor, 32),
            _mm256_or_si256(_mm256_slli_epi64(offset, 32), half),
            _mm256_or_si256(_mm256_and_si256(offset, high), half),
            crossed(right),
            left,
            crossed(ties)};
}

AVX2_INLINE Scale scale_at(const Requantisation& to, int64_t c) {
    return scale_from(load(to.factor + c), load(to.offset + c), load(to.right + c), load(to.left + c), load(to.ties + c));
}

AVX2_INLINE Scale scale_of(tin_multiplier m) {
    const ScaleWords w = scale_words(m);
    return scale_from(_mm256_set1_epi32(w.factor), _mm256_set1_epi32(w.offset), _mm256_set1_epi32(w.right),
                      _mm256_set1_epi32(w.left), _mm256_set1_epi32(w.ties));
}

AVX2_INLINE __m256i flip_sign(__m256i x) { return _mm256_xor_si256(x, _mm256_set1_epi32(INT32_MIN)); }

// tin_scale of sums that 2^31 was added to; crossed.
template <Rounding rounding>
AVX2_INLINE __m256i scaled(__m256i x, const Scale& s) {
    if (rounding == Rounding::shifted) x = flip_sign(_mm256_sllv_epi32(flip_sign(x), s.left));
    const __m256i even = _mm256_add_epi64(_mm256_mul_epu32(x, s.factor), s.offset);
    const __m256i odd = _mm256_add_epi64(_mm256_mul_epu32(_mm256_srli_epi64(x, 32), s.odd_factor), s.odd_offset);
    __m256i y = _mm256_castps_si256(_mm256_shuffle_ps(_mm256_castsi256_ps(even), _mm256_castsi256_ps(odd), 0xDD));
    if (rounding != Rounding::clipped) y = _mm256_add_epi32(y, _mm256_cmpgt_epi32(s.ties, y));
    return _mm256_srav_epi32(y, s.right);
}

// What is stored, of 16-bit words: the zero point is still to be added.
struct Store {
    __m256i zero, low, high;
    explicit AVX2 Store(int32_t zero_point, int32_t from, int32_t to)
        : zero(_mm256_set1_epi16(static_cast<int16_t>(zero_point))),
          low(_mm256_set1_epi8(static_cast<char>(from))),
          high(_mm256_set1_epi8(static_cast<char>(to))) {}
};

// Words of 16 channels, and words of another 16, as bytes in one order: a's in the lower half, b's in the upper one.
AVX2_INLINE __m256i stored_bytes(__m256i a, __m256i b, const Store& to, __m256i order, __m256i cross) {
    const __m256i bytes = _mm256_packs_epi16(_mm256_adds_epi16(a, to.zero), _mm256_adds_epi16(b, to.zero));
    const __m256i y = _mm256_shuffle_epi8(_mm256_permutevar8x32_epi32(bytes, order), cross);
    return _mm256_min_epi8(_mm256_max_epi8(y, to.low), to.high);
}

AVX2_INLINE __m256i bytes_crossed() {
    return _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15));
}

AVX2_INLINE __m256i bytes_crossed_twice() {
    return _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
}

AVX2_INLINE void put(int8_t* y, __m128i bytes, int64_t count) {
    if (count >= 16)
        _mm_storeu_si128(reinterpret_cast<__m128i*>(y), bytes);
    else if (count == 8)
        _mm_storel_epi64(reinterpret_cast<__m128i*>(y), bytes);
    else {
        int8_t some[16];
        _mm_storeu_si128(reinterpret_cast<__m128i*>(some), bytes);
        std::memcpy(y, some, static_cast<size_t>(count));
    }
}

// The first `count` of 8 sums at most.
AVX2_INLINE void put_sums(int32_t* to, __m256i sums, int64_t count) {
    if (count >= lanes) return store(to, sums);
    int32_t some[lanes];
    store(some, sums);
    std::memcpy(to, some, static_cast<size_t>(std::max<int64_t>(count, 0)) * sizeof some[0]);
}

// 16 bits to an element.
AVX2 void spread(const int8_t* x, int64_t n, std::byte* to) {
    auto* y = reinterpret_cast<int16_t*>(to);
    int64_t i = 0;
    for (; i + 16 <= n; i += 16) store(y + i, _mm256_cvtepi8_epi16(load_half(x + i)));
    for (; i + 8 <= n; i += 8)
        _mm_storeu_si128(reinterpret_cast<__m128i*>(y + i),
                         _mm_cvtepi8_epi16(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(x + i))));
    for (; i < n; ++i) y[i] = x[i];
}

// Sums of `rows` rows and `vectors` vectors over all steps. Weights have 16 bits, or 8 where `narrow`.
template <int rows, int vectors, bool narrow>
AVX2_INLINE void add_products(__m256i (&sums)[rows][vectors], const std::byte* x, const std::byte* w, int64_t steps) {
    const int64_t apart = steps * 4;
    for (int64_t k = 0; k < steps; ++k) {
        __m256i weights[vectors];
        UNROLL for (int v = 0; v < vectors; ++v) weights[v] =
            narrow ? _mm256_cvtepi8_epi16(load_half(w + ptrdiff_t{v} * 16)) : load(w + ptrdiff_t{v} * 32);
        UNROLL for (int r = 0; r < rows; ++r) {
            int32_t pair;
            std::memcpy(&pair, x + r * apart + k * 4, sizeof pair);
            const __m256i xs = _mm256_set1_epi32(pair);
            UNROLL for (int v = 0; v < vectors; ++v) sums[r][v] =
                _mm256_add_epi32(sums[r][v], _mm256_madd_epi16(xs, weights[v]));
        }
        w += ptrdiff_t{vectors} * (narrow ? 16 : 32);
    }
}

template <int rows, int vectors, bool narrow, Rounding rounding>
AVX2 void tile(const ProductTask& t, const std::byte* w, int64_t m, int64_t channel) {
    __m256i sums[rows][vectors];
    UNROLL for (int v = 0; v < vectors; ++v) {
        const __m256i start = rounding == Rounding::none ? _mm256_setzero_si256() : load(t.to.start + channel + v * lanes);
        UNROLL for (int r = 0; r < rows; ++r) sums[r][v] = start;
    }
    add_products<rows, vectors, narrow>(sums, t.x + m * t.steps * 4, w, t.steps);
    if (rounding == Rounding::none) {
        for (int r = 0; r < rows; ++r)
            for (int64_t v = 0, c = channel; v < vectors; ++v, c += lanes)
                put_sums(t.sums + (m + r) * t.outs + c, sums[r][v], t.outs - c);
        return;
    }
    UNROLL for (int v = 0; v < vectors; ++v) {
        const Scale scale = scale_at(t.to, channel + v * lanes);
        UNROLL for (int r = 0; r < rows; ++r) sums[r][v] = scaled<rounding>(sums[r][v], scale);
    }
    const Store to(t.to.zero, t.to.low, t.to.high);
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7), cross = bytes_crossed();
    UNROLL for (int r = 0; r < rows; r += 2) {
        const int other = r + 1 < rows ? r + 1 : r;
        const __m256i a = _mm256_packs_epi32(sums[r][0], sums[r][vectors - 1]);
        const __m256i b = _mm256_packs_epi32(sums[other][0], sums[other][vectors - 1]);
        const __m256i y = stored_bytes(a, b, to, order, cross);
        const int64_t count = std::min(t.outs - channel, vectors * lanes);
        put(t.y + (m + r) * t.outs + channel, _mm256_castsi256_si128(y), count);
        if (other != r) put(t.y + (m + other) * t.outs + channel, _mm256_extracti128_si256(y, 1), count);
    }
}

template <int vectors, Rounding rounding>
AVX2 void panel(const ProductTask& t, const std::byte* w, int64_t channel) {
    int64_t m = 0;
    if (t.m >= tile_rows) {
        spread(reinterpret_cast<const int8_t*>(w), t.steps * vectors * 16, t.panel);
        for (; m + tile_rows <= t.m; m += tile_rows) tile<tile_rows, vectors, false, rounding>(t, t.panel, m, channel);
    }
    for (; m + 2 <= t.m; m += 2) tile<2, vectors, true, rounding>(t, w, m, channel);
    if (m < t.m) tile<1, vectors, true, rounding>(t, w, m, channel);
}

template <Rounding rounding>
AVX2 void product_of(const ProductTask& t) {
    const std::byte* w = t.weights;
    for (int64_t channel = 0; channel < t.outs; channel += most_vectors * lanes) {
        if (t.outs - channel > lanes)
            panel<2, rounding>(t, w, channel);
        else
            panel<1, rounding>(t, w, channel);
        w += t.steps * most_vectors * 16;
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

// Depthwise layers: 16 channels at a time, the last ones once more where they are not a multiple. Two taps to a product: what is
// unpacked has channels 0-3 and 8-11 in one vector, 4-7 and 12-15 in the other.
constexpr int64_t block = 16;
constexpr int64_t first_of_quad[] = {0, 8, 4, 12};

int64_t block_at(int64_t channel, int64_t channels) { return std::max<int64_t>(0, std::min(channel, channels - block)); }

std::vector<std::byte> pack_depthwise(const int8_t* weights, int64_t taps, int64_t channels) {
    std::vector<int16_t> words;
    for (int64_t c = 0; c < channels; c += block)
        for (int64_t tap = 0; tap < taps; tap += 2)
            for (int64_t quad : first_of_quad)
                for (int64_t i = 0; i < 4; ++i)
                    for (int64_t t = tap; t < tap + 2; ++t) {
                        const int64_t channel = block_at(c, channels) + quad + i;
                        words.push_back(t < taps && channel < channels ? weights[t * channels + channel] : int16_t{0});
                    }
    std::vector<std::byte> bytes(words.size() * sizeof words[0]);
    std::memcpy(bytes.data(), words.data(), bytes.size());
    return bytes;
}

// Constants of channels 0-3 and 8-11 from p.
AVX2_INLINE __m256i load_quads(const int32_t* p) {
    return _mm256_inserti128_si256(_mm256_castsi128_si256(load_half(p)), load_half(p + 8), 1);
}

AVX2_INLINE Scale scale_of_quads(const Requantisation& to, int64_t c) {
    return scale_from(load_quads(to.factor + c), load_quads(to.offset + c), load_quads(to.right + c), load_quads(to.left + c),
                      load_quads(to.ties + c));
}

template <bool whole>
AVX2_INLINE __m256i load_block(const int8_t* p, int64_t count) {
    if (whole) return _mm256_cvtepi8_epi16(load_half(p));
    int8_t some[block] = {};
    std::memcpy(some, p, static_cast<size_t>(count));
    return _mm256_cvtepi8_epi16(load_half(some));
}

// Adds up one place's 16 channels.
template <bool whole>
AVX2_INLINE void add_taps(const DepthwiseTask& t, int64_t m, int64_t channel, const std::byte* w, __m256i& low, __m256i& high) {
    const int64_t at = m * t.advance + channel;
    int64_t tap = 0;
    for (; tap + 1 < t.count; tap += 2, w += 64) {
        const __m256i x0 = load_block<whole>(t.taps[tap] + at, t.channels),
                      x1 = load_block<whole>(t.taps[tap + 1] + at, t.channels);
        low = _mm256_add_epi32(low, _mm256_madd_epi16(_mm256_unpacklo_epi16(x0, x1), load(w)));
        high = _mm256_add_epi32(high, _mm256_madd_epi16(_mm256_unpackhi_epi16(x0, x1), load(w + 32)));
    }
    if (tap < t.count) {
        const __m256i x = load_block<whole>(t.taps[tap] + at, t.channels);
        low = _mm256_add_epi32(low, _mm256_madd_epi16(_mm256_unpacklo_epi16(x, x), load(w)));
        high = _mm256_add_epi32(high, _mm256_madd_epi16(_mm256_unpackhi_epi16(x, x), load(w + 32)));
    }
}

// The same, as words in `crossed` order.
template <bool whole, Rounding rounding>
AVX2_INLINE __m256i depthwise_words(const DepthwiseTask& t, int64_t m, int64_t channel, const std::byte* w, __m256i low,
                                    __m256i high, const Scale& low_scale, const Scale& high_scale) {
    add_taps<whole>(t, m, channel, w, low, high);
    return _mm256_packs_epi32(scaled<rounding>(low, low_scale), scaled<rounding>(high, high_scale));
}

template <bool whole, Rounding rounding>
AVX2 void depthwise_block(const DepthwiseTask& t, int64_t channel, const std::byte* w) {
    const Scale low_scale = scale_of_quads(t.to, channel), high_scale = scale_of_quads(t.to, channel + 4);
    const __m256i low = load_quads(t.to.start + channel), high = load_quads(t.to.start + channel + 4);
    const Store to(t.to.zero, t.to.low, t.to.high);
    const __m256i order = _mm256_setr_epi32(0, 1, 4, 5, 2, 3, 6, 7), cross = bytes_crossed();
    for (int64_t m = 0; m < t.m; m += 2) {
        const bool two = m + 1 < t.m;
        const __m256i a = depthwise_words<whole, rounding>(t, m, channel, w, low, high, low_scale, high_scale);
        const __m256i b = two ? depthwise_words<whole, rounding>(t, m + 1, channel, w, low, high, low_scale, high_scale) : a;
        const __m256i y = stored_bytes(a, b, to, order, cross);
        put(t.y + m * t.channels + channel, _mm256_castsi256_si128(y), t.channels);
        if (two) put(t.y + (m + 1) * t.channels + channel, _mm256_extracti128_si256(y, 1), t.channels);
    }
}

template <bool whole>
AVX2 void depthwise_sums(const DepthwiseTask& t, int64_t channel, const std::byte* w) {
    for (int64_t m = 0; m < t.m; ++m) {
        __m256i low = _mm256_setzero_si256(), high = low;
        add_taps<whole>(t, m, channel, w, low, high);
        int32_t* const to = t.sums + m * t.channels + channel;
        put_sums(to, _mm256_permute2x128_si256(low, high, 0x20), t.channels - channel);
        put_sums(to + lanes, _mm256_permute2x128_si256(low, high, 0x31), t.channels - channel - lanes);
    }
}

template <Rounding rounding>
AVX2 void depthwise_of(const DepthwiseTask& t) {
    const std::byte* w = t.weights;
    for (int64_t c = 0; c < t.channels; c += block, w += (t.count + 1) / 2 * 64)
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

// 8 operands of a sum in the common scale, crossed.
AVX2_INLINE __m256i common(const int8_t* p, __m256i zero, __m128i shift, const Scale& scale) {
    const __m256i x = _mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)));
    return scaled<Rounding::whole>(flip_sign(_mm256_sll_epi32(_mm256_sub_epi32(x, zero), shift)), scale);
}

AVX2 void add(const int8_t* xs, const int8_t* ys, int8_t* sums, int64_t n, const tin_binary& q) {
    const Scale a_scale = scale_of(q.a), b_scale = scale_of(q.b), y_scale = scale_of(q.y);
    const __m256i a_zero = _mm256_set1_epi32(q.zero_a), b_zero = _mm256_set1_epi32(q.zero_b);
    const __m128i shift = _mm_cvtsi32_si128(q.shift);
    const Store to(q.zero_y, q.low, q.high);
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    const __m256i as_they_are = bytes_crossed_twice();
    const auto sum_of_8 = [&](int64_t i) AVX2 {
        const __m256i a = common(xs + i, a_zero, shift, a_scale), b = common(ys + i, b_zero, shift, b_scale);
        return scaled<Rounding::shifted>(flip_sign(_mm256_add_epi32(a, b)), y_scale);
    };
    const auto sum_of_16 = [&](int64_t i) AVX2 { return _mm256_packs_epi32(sum_of_8(i), sum_of_8(i + 8)); };
    int64_t i = 0;
    for (; i + 32 <= n; i += 32) store(sums + i, stored_bytes(sum_of_16(i), sum_of_16(i + 16), to, order, as_they_are));
    if (i == n) return;
    int8_t some[3][32] = {};
    std::memcpy(some[0], xs + i, static_cast<size_t>(n - i));
    std::memcpy(some[1], ys + i, static_cast<size_t>(n - i));
    add(some[0], some[1], some[2], 32, q);
    std::memcpy(sums + i, some[2], static_cast<size_t>(n - i));
}

}  // namespace

const IntegerIsa avx2_isa{"avx2", lanes,  most_vectors, 2,         tile_rows,      int64_t{most_vectors} * 32,
                          0,      spread, product,      depthwise, pack_depthwise, add};

}  // namespace tinsmith
#endif
