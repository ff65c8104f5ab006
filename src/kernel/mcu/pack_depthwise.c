#include "kernel/mcu/depthwise_3x3.h"
#include "kernel/mcu/pack.h"
#include "kernel/mcu/pack_channel.h"

size_t tin_mcu_pack_depthwise_3x3(int32_t channels, const tin_mcu_range* range, const tin_mcu_factors* f, uint32_t* packed) {
    if (channels < 4) return 0;
    for (int32_t c = 0; c < channels; ++c) {
        const tin_mcu_row row = {f->weights + c, 9, channels};
        tin_mcu_channel channel;
        if (!tin_mcu_channel_of(&row, c, range, f, INT32_C(1) << 30, &channel)) return 0;
        if (!packed) continue;
        int8_t columns[12] = {0};
        for (int32_t k = 0; k < 9; ++k) columns[4 * (k % 3) + k / 3] = row.first[k * channels];
        columns[3] = (int8_t)(uint8_t)channel.shift_byte;
        uint32_t* words = packed + TIN_MCU_3X3_WORDS * (size_t)c;
        words[0] = (uint32_t)channel.bias;
        words[1] = (uint32_t)channel.mantissa;
        memcpy(words + 2, columns, sizeof columns);
    }
    return TIN_MCU_3X3_WORDS * (size_t)channels;
}

size_t tin_mcu_pack_depthwise(int32_t taps, int32_t channels, const tin_mcu_range* range, const tin_mcu_factors* f,
                              uint32_t* packed) {
    const size_t step = (size_t)taps + 9, four = channels < 4 ? (size_t)channels : 4;
    for (int32_t c = 0; c < channels; c += 4) {
        const int32_t first = c + 4 <= channels || channels < 4 ? c : channels - 4;
        uint32_t* words = packed ? packed + (size_t)(c / 4) * step : NULL;
        if (words) memset(words, 0, step * sizeof *words);
        for (size_t k = 0; k < four; ++k) {
            const tin_mcu_row row = {f->weights + first + k, taps, channels};
            tin_mcu_channel channel;
            if (!tin_mcu_channel_of(&row, first + (int32_t)k, range, f, INT32_C(1) << 30, &channel)) return 0;
            if (!words) continue;
            words[k] = (uint32_t)channel.bias;
            for (int32_t t = 0; t < taps; ++t) words[4 + t] |= ((uint32_t)row.first[t * channels] & 0xFFu) << 8 * k;
            words[4 + taps + (int32_t)k] = (uint32_t)channel.mantissa;
            words[8 + taps] |= channel.shift_byte << 8 * k;
        }
    }
    return (size_t)(channels + 3) / 4 * step;
}
