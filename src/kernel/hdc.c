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

/* The sums of dimensions 32 * word and following; width of them exist. */
static void tin_hdc_project(const tin_hdc* hdc, const int8_t* x, int32_t word, int32_t width, int32_t* sum) {
    const int32_t words = (hdc->dimensions + 31) / 32;
    for (int32_t k = 0; k < 32; ++k) sum[k] = 0;
    for (int32_t i = 0; i < hdc->features; ++i) {
        const int32_t value = x[i] - (hdc->offsets ? hdc->offsets[i] : hdc->zero_point);
        if (value == 0) continue;
        if (hdc->projection) {
            const int8_t* row = hdc->projection + i * hdc->dimensions + 32 * word;
            for (int32_t k = 0; k < width; ++k) sum[k] += value * row[k];
        } else {
            const int32_t at = i * words + word;
            const uint32_t bits =
                hdc->projection_bits ? hdc->projection_bits[at] : tin_hdc_word(hdc->projection_seed, (uint32_t)at);
            for (int32_t k = 0; k < width; ++k) sum[k] += value * ((int32_t)((bits >> k & 1U) << 1) - 1);
        }
    }
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
