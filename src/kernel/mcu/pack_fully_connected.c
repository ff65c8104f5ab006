#include "kernel/mcu/fully_connected.h"
#include "kernel/mcu/pack.h"
#include "kernel/mcu/pack_channel.h"

static tin_mcu_row row_of(int32_t in, int32_t out, int32_t c, const tin_mcu_factors* f) {
    const tin_mcu_row row = {f->weights + (size_t)(c < out ? c : 0) * (size_t)in, c < out ? in : 0, 1};
    return row;
}

static size_t pack_weights(int32_t in, int32_t out, const tin_mcu_factors* f, uint32_t* packed) {
    size_t at = 0;
    for (int32_t first = 0; first < in; first += TIN_MCU_CHUNK) {
        const int32_t n = in - first < TIN_MCU_CHUNK ? in - first : TIN_MCU_CHUNK;
        for (int32_t c = 0; c < out; c += 4) {
            for (int32_t pair = 0; pair < 2; ++pair) {
                const tin_mcu_row a = row_of(in, out, c + 2 * pair, f), b = row_of(in, out, c + 2 * pair + 1, f);
                uint32_t* words = packed ? packed + at + 2 * pair : NULL;
                if (!tin_mcu_pack_lanes(&a, &b, first, n, 4, words)) return 0;
            }
            at += (size_t)(n + 3) / 4 * 4;
        }
    }
    return at;
}

static int same_scale(int32_t out, const tin_mcu_factors* f) {
    for (int32_t c = 1; c < out; ++c)
        if (f->scale[c].mantissa != f->scale[0].mantissa || f->scale[c].shift != f->scale[0].shift) return 0;
    return 1;
}

size_t tin_mcu_pack_fully_connected(int32_t in, int32_t out, const tin_mcu_range* range, const tin_mcu_factors* f,
                                    uint32_t* packed) {
    const int32_t all = (out + 3) / 4 * 4;
    const size_t weights = pack_weights(in, out, f, packed ? packed + 1 : NULL), step = same_scale(out, f) ? 0 : 5;
    uint32_t* bias = packed ? packed + 1 + weights : NULL;
    uint32_t* factors = packed ? bias + all : NULL;
    if (!weights) return 0;
    if (packed) packed[0] = (uint32_t)step;
    for (int32_t c = 0; c < all; ++c) {
        const tin_mcu_row row = row_of(in, out, c, f);
        tin_mcu_channel channel = {0, 0, 0};
        if (c < out && !tin_mcu_channel_of(&row, c, range, f, INT32_C(1) << 30, &channel)) return 0;
        if (!packed) continue;
        bias[c] = (uint32_t)channel.bias;
        if (c >= 4 && step == 0) continue;
        uint32_t* four = factors + (size_t)(c / 4) * step;
        four[c % 4] = (uint32_t)channel.mantissa;
        four[4] = (c % 4 ? four[4] : 0) | channel.shift_byte << (8 * (c % 4));
    }
    return 1 + weights + (size_t)all + (step ? (size_t)(all / 4) * step : 5);
}
