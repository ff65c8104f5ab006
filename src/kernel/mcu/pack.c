#include "kernel/mcu/pack.h"

#include "kernel/mcu/depthwise_3x3.h"
#include "kernel/mcu/pack_channel.h"

/* Lane k of a pair's weights lies where sign extension of bytes puts input k: lanes 0 2, 1 3 of each four. */
static size_t lane_of(int32_t k) { return (size_t)(k & ~3) + (size_t)((k >> 1 & 1) | (k & 1) << 1); }

/* Returns 0 if a lane does not hold 256 a + b. */
static int pack_lanes(int32_t in, const int8_t* a, const int8_t* b, uint32_t* words) {
    for (int32_t k = 0; k < in; ++k) {
        const int32_t lane = a[k] * 256 + (b ? b[k] : 0);
        if (lane < INT16_MIN) return 0;
        if (words) words[lane_of(k) / 2] |= ((uint32_t)lane & 0xFFFFu) << (16 * (lane_of(k) & 1));
    }
    return 1;
}

size_t tin_mcu_pack_pairs(int32_t in, int32_t out, const tin_mcu_range* range, const tin_mcu_factors* f, uint32_t* packed) {
    const size_t lanes = (size_t)(in + 3) / 4 * 2, step = lanes + 5;
    for (int32_t c = 0; c < out; c += 2) {
        const int8_t *wa = f->weights + (size_t)c * (size_t)in, *wb = c + 1 < out ? wa + in : NULL;
        tin_mcu_channel a, b = {0, 0, 0};
        if (!tin_mcu_channel_of(in, wa, c, range, f, INT32_C(1) << 23, &a)) return 0;
        if (wb && !tin_mcu_channel_of(in, wb, c + 1, range, f, INT32_C(1) << 30, &b)) return 0;
        uint32_t* words = packed ? packed + (size_t)(c / 2) * step : NULL;
        if (words) memset(words, 0, step * sizeof *words);
        if (!pack_lanes(in, wa, wb, words ? words + 2 : NULL)) return 0;
        if (!words) continue;
        words[0] = (uint32_t)a.bias * 256u + (uint32_t)b.bias;
        words[1] = (uint32_t)b.bias;
        words[lanes + 2] = (uint32_t)a.mantissa;
        words[lanes + 3] = (uint32_t)b.mantissa;
        words[lanes + 4] = (uint32_t)a.shift_less_1 | (uint32_t)b.shift_less_1 << 8;
    }
    return (size_t)(out + 1) / 2 * step;
}

size_t tin_mcu_pack_depthwise_3x3(int32_t channels, const tin_mcu_range* range, const tin_mcu_factors* f, uint32_t* packed) {
    for (int32_t c = 0; c < channels; ++c) {
        int8_t weights[9], columns[12] = {0};
        for (int32_t k = 0; k < 9; ++k) columns[4 * (k % 3) + k / 3] = weights[k] = f->weights[k * channels + c];
        tin_mcu_channel channel;
        if (!tin_mcu_channel_of(9, weights, c, range, f, INT32_C(1) << 30, &channel)) return 0;
        if (!packed) continue;
        columns[3] = (int8_t)channel.shift_less_1;
        uint32_t* words = packed + TIN_MCU_3X3_WORDS * (size_t)c;
        words[0] = (uint32_t)channel.bias;
        words[1] = (uint32_t)channel.mantissa;
        memcpy(words + 2, columns, sizeof columns);
    }
    return TIN_MCU_3X3_WORDS * (size_t)channels;
}
