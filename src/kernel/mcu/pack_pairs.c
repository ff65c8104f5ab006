#include "kernel/mcu/pack.h"
#include "kernel/mcu/pack_channel.h"
#include "kernel/mcu/requantise.h"

/* Weight k of channel c is at c * step_c + k * step_k. */
static size_t pack(int32_t in, int32_t out, int32_t step_c, int32_t step_k, const tin_mcu_range* range,
                   const tin_mcu_factors* f, uint32_t* packed) {
    uint32_t left = 0;
    const size_t lanes = (size_t)(in + 3) / 4 * 2, step = lanes + 5;
    for (int32_t c = 0; c < out; c += 2) {
        const tin_mcu_row row_a = {f->weights + (size_t)c * (size_t)step_c, in, step_k};
        const tin_mcu_row row_b = {row_a.first + step_c, c + 1 < out ? in : 0, step_k};
        uint32_t* words = packed ? packed + 1 + (size_t)(c / 2) * step : NULL;
        tin_mcu_channel a, b = {0, 0, 0};
        if (!tin_mcu_channel_of(&row_a, c, range, f, INT32_C(1) << 23, &a)) return 0;
        if (row_b.n && !tin_mcu_channel_of(&row_b, c + 1, range, f, INT32_C(1) << 30, &b)) return 0;
        if (!tin_mcu_pack_lanes(&row_a, &row_b, 0, in, 2, words ? words + 2 : NULL)) return 0;
        left |= (a.shift_byte | b.shift_byte) & TIN_MCU_LEFT;
        if (!words) continue;
        words[0] = (uint32_t)a.bias * 256u + (uint32_t)b.bias;
        words[1] = (uint32_t)b.bias;
        words[lanes + 2] = (uint32_t)a.mantissa;
        words[lanes + 3] = (uint32_t)b.mantissa;
        words[lanes + 4] = a.shift_byte | b.shift_byte << 8;
    }
    if (packed) packed[0] = left ? 1 : 0;
    return 1 + (size_t)(out + 1) / 2 * step;
}

size_t tin_mcu_pack_pairs(int32_t in, int32_t out, const tin_mcu_range* range, const tin_mcu_factors* f, uint32_t* packed) {
    return pack(in, out, in, 1, range, f, packed);
}

size_t tin_mcu_pack_one_channel(int32_t in, int32_t out, const tin_mcu_range* range, const tin_mcu_factors* f,
                                uint32_t* packed) {
    return pack(in, out, 1, out, range, f, packed);
}
