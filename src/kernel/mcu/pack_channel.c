#include "kernel/mcu/pack_channel.h"

#include "kernel/mcu/requantise.h"

int tin_mcu_channel_of(const tin_mcu_row* row, int32_t c, const tin_mcu_range* range, const tin_mcu_factors* f, int64_t limit,
                       tin_mcu_channel* channel) {
    const tin_multiplier m = f->scale[c];
    int64_t low = f->bias ? f->bias[c] : 0, high;
    for (int32_t k = 0; k < row->n; ++k) low -= range->x_zero * row->first[k * row->step];
    if (low < INT32_MIN || low > INT32_MAX) return 0;
    channel->bias = (int32_t)low;
    high = low;
    for (int32_t k = 0; k < row->n; ++k) {
        const int32_t weight = row->first[k * row->step];
        low += weight * (weight > 0 ? -128 : 127);
        high += weight * (weight > 0 ? 127 : -128);
    }
    if (low < -limit || high >= limit) return 0;
    /* Sums that round to 0 whatever they are: a product of 0 says it with a shift that fits. */
    const int64_t largest = -low > high ? -low : high;
    const int nothing = m.mantissa == 0 || (m.shift < -21 && largest < INT64_C(1) << (-m.shift - 1));
    if (!nothing && (m.mantissa < 0 || m.shift < -21)) return 0;
    channel->mantissa = nothing ? 0 : m.mantissa;
    channel->shift_byte = nothing ? 0 : (uint32_t)(m.shift < 0 ? -m.shift - 1 : (int32_t)TIN_MCU_LEFT | m.shift);
    return 1;
}

int tin_mcu_pack_lanes(const tin_mcu_row* a, const tin_mcu_row* b, int32_t first, int32_t n, size_t step, uint32_t* words) {
    for (int32_t k = 0; k < n; ++k) {
        const int32_t at = first + k;
        const int32_t lane = (at < a->n ? a->first[at * a->step] * 256 : 0) + (at < b->n ? b->first[at * b->step] : 0);
        if (lane < INT16_MIN) return 0;
        if (!words) continue;
        uint32_t* word = words + (size_t)(k / 4) * step + (k & 1);
        if (k % 4 < 2) *word = 0;
        *word |= ((uint32_t)lane & 0xFFFFu) << (k % 4 < 2 ? 0 : 16);
    }
    if (words && n % 4 == 1) words[(size_t)(n / 4) * step + 1] = 0;
    return 1;
}
