#include "kernel/hdc.h"

uint32_t tin_hdc_word(uint64_t seed, uint32_t index) {
    uint64_t z = seed + ((uint64_t)index + 1U) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ (z >> 31)) >> 32);
}

static int32_t tin_hdc_ones(uint32_t x) {
    x = x - ((x >> 1) & 0x55555555U);
    x = (x & 0x33333333U) + ((x >> 2) & 0x33333333U);
    return (int32_t)((((x + (x >> 4)) & 0x0f0f0f0fU) * 0x01010101U) >> 24);
}

/* The next four features that are not zero, from number `from` on; where there are fewer, zeros of feature 0. Returns where to go on. */
static int32_t tin_hdc_next(const tin_hdc* hdc, const int8_t* x, int32_t from, int32_t value[4], int32_t index[4]) {
    int32_t found = 0;
    for (; found < 4 && from < hdc->features; ++from) {
        const int32_t v = x[from] - (hdc->offsets ? hdc->offsets[from] : hdc->zero_point);
        value[found] = v;
        index[found] = from;
        found += v != 0;
    }
    for (; found < 4; ++found) {
        value[found] = 0;
        index[found] = 0;
    }
    return from;
}

static void tin_hdc_project_bytes(const tin_hdc* hdc, const int8_t* x, int32_t word, int32_t width, int32_t* sum) {
    for (int32_t i = 0; i < hdc->features;) {
        int32_t value[4], index[4], k = 0;
        i = tin_hdc_next(hdc, x, i, value, index);
        const int8_t* const first = hdc->projection + 32 * word;
        const int8_t *a = first + index[0] * hdc->dimensions, *b = first + index[1] * hdc->dimensions;
        const int8_t *c = first + index[2] * hdc->dimensions, *d = first + index[3] * hdc->dimensions;
        const int32_t va = value[0], vb = value[1], vc = value[2], vd = value[3];
        int32_t* to = sum;
        for (; k + 4 <= width; k += 4, a += 4, b += 4, c += 4, d += 4, to += 4) {
            to[0] += va * a[0] + vb * b[0] + vc * c[0] + vd * d[0];
            to[1] += va * a[1] + vb * b[1] + vc * c[1] + vd * d[1];
            to[2] += va * a[2] + vb * b[2] + vc * c[2] + vd * d[2];
            to[3] += va * a[3] + vb * b[3] + vc * c[3] + vd * d[3];
        }
        for (; k < width; ++k) *to++ += va * *a++ + vb * *b++ + vc * *c++ + vd * *d++;
    }
}

static uint32_t tin_hdc_bits(const tin_hdc* hdc, int32_t at) {
    return hdc->projection_bits ? hdc->projection_bits[at] : tin_hdc_word(hdc->projection_seed, (uint32_t)at);
}

/* The lower 16 bits as a number with a sign. */
static int32_t tin_hdc_signed(uint32_t x) { return (int32_t)((x & 0xffffU) ^ 0x8000U) - 0x8000; }

/* Adds each value to the dimensions whose bits are set in its word: two of them, k and k + 16, in the halves of pair[k]. */
static void tin_hdc_add_bits(uint32_t pair[16], const int32_t value[4], uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
    const uint32_t va = (uint32_t)value[0], vb = (uint32_t)value[1], vc = (uint32_t)value[2], vd = (uint32_t)value[3];
    const uint32_t both = 0x10001U;
    for (uint32_t* to = pair; to != pair + 16; to += 2, a >>= 2, b >>= 2, c >>= 2, d >>= 2) {
        to[0] += (a & both) * va + (b & both) * vb + (c & both) * vc + (d & both) * vd;
        to[1] += (a >> 1 & both) * va + (b >> 1 & both) * vb + (c >> 1 & both) * vc + (d >> 1 & both) * vd;
    }
}

/* What single bits add: the features under set ones, twice, less all. Two dimensions share a word, k below and k + 16 above: 64 features and
 * the rest of four, of at most 383, stay within 16 bits, and the borrow of a negative lower half is given back at the end. */
static void tin_hdc_project_bits(const tin_hdc* hdc, const int8_t* x, int32_t word, int32_t* sum) {
    const int32_t words = (hdc->dimensions + 31) / 32;
    int32_t all = 0;
    for (int32_t i = 0; i < hdc->features;) {
        const int32_t end = i + 64 < hdc->features ? i + 64 : hdc->features;
        uint32_t pair[16];
        for (int32_t k = 0; k < 16; ++k) pair[k] = 0;
        while (i < end) {
            int32_t value[4], index[4];
            uint32_t a, b, c, d;
            i = tin_hdc_next(hdc, x, i, value, index);
            a = tin_hdc_bits(hdc, index[0] * words + word);
            b = tin_hdc_bits(hdc, index[1] * words + word);
            c = tin_hdc_bits(hdc, index[2] * words + word);
            d = tin_hdc_bits(hdc, index[3] * words + word);
            all += value[0] + value[1] + value[2] + value[3];
            tin_hdc_add_bits(pair, value, a, b, c, d);
        }
        for (int32_t k = 0; k < 16; ++k) {
            const int32_t low = tin_hdc_signed(pair[k]);
            sum[k] += 2 * low;
            sum[k + 16] += 2 * tin_hdc_signed((pair[k] - (uint32_t)low) >> 16);
        }
    }
    for (int32_t k = 0; k < 32; ++k) sum[k] -= all;
}

/* The sums of dimensions 32 * word and following; width of them exist. */
static void tin_hdc_project(const tin_hdc* hdc, const int8_t* x, int32_t word, int32_t width, int32_t* sum) {
    for (int32_t k = 0; k < 32; ++k) sum[k] = 0;
    if (hdc->projection)
        tin_hdc_project_bytes(hdc, x, word, width, sum);
    else
        tin_hdc_project_bits(hdc, x, word, sum);
}

void tin_hdc_scores(const tin_hdc* hdc, const int8_t* x, int32_t* scores) {
    const int32_t words = (hdc->dimensions + 31) / 32;
    int32_t sum[32];
    for (int32_t c = 0; c < hdc->classes; ++c) scores[c] = 0;
    for (int32_t word = 0; word < words; ++word) {
        const int32_t left = hdc->dimensions - 32 * word, width = left < 32 ? left : 32;
        uint32_t positive = 0, nonzero = 0;
        tin_hdc_project(hdc, x, word, width, sum);
        for (int32_t k = 0; k < width; ++k) {
            positive |= (uint32_t)(sum[k] > 0) << k;
            nonzero |= (uint32_t)(sum[k] != 0) << k;
        }
        for (int32_t c = 0; c < hdc->classes; ++c) {
            if (hdc->prototypes) {
                const int8_t* row = hdc->prototypes + c * hdc->dimensions + 32 * word;
                int32_t score = 0;
                for (int32_t k = 0; k < width; ++k)
                    score += row[k] * ((int32_t)(positive >> k & 1U) - (int32_t)((nonzero & ~positive) >> k & 1U));
                scores[c] += score;
            } else {
                const uint32_t agree = ~(positive ^ hdc->prototype_bits[c * words + word]) & nonzero;
                scores[c] += 2 * tin_hdc_ones(agree) - tin_hdc_ones(nonzero);
            }
        }
    }
}

int32_t tin_hdc_best(const int32_t* scores, int32_t classes) {
    int32_t best = 0;
    for (int32_t c = 1; c < classes; ++c)
        if (scores[c] > scores[best]) best = c;
    return best;
}
