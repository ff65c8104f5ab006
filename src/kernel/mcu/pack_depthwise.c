#include "kernel/mcu/depthwise_3x3.h"
#include "kernel/mcu/pack.h"
#include "kernel/mcu/pack_channel.h"

size_t tin_mcu_pack_depthwise_3x3(int32_t channels, const tin_mcu_range* range, const tin_mcu_factors* f, uint32_t* packed) {
    for (int32_t c = 0; c < channels; ++c) {
        const tin_mcu_row row = {f->weights + c, 9, channels};
        tin_mcu_channel channel;
        if (!tin_mcu_channel_of(&row, c, range, f, INT32_C(1) << 30, &channel)) return 0;
        if (!packed) continue;
        int8_t columns[12] = {0};
        for (int32_t k = 0; k < 9; ++k) columns[4 * (k % 3) + k / 3] = row.first[k * channels];
        columns[3] = (int8_t)channel.shift_less_1;
        uint32_t* words = packed + TIN_MCU_3X3_WORDS * (size_t)c;
        words[0] = (uint32_t)channel.bias;
        words[1] = (uint32_t)channel.mantissa;
        memcpy(words + 2, columns, sizeof columns);
    }
    return TIN_MCU_3X3_WORDS * (size_t)channels;
}
