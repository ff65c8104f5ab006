/* What one output channel adds to its sum and is multiplied with, for kernels that sum x as it is stored. */
#ifndef TIN_KERNEL_MCU_PACK_CHANNEL_H
#define TIN_KERNEL_MCU_PACK_CHANNEL_H
#include <string.h>

#include "kernel/mcu/layer.h"

typedef struct {
    int32_t bias; /* less x_zero times the sum of the weights */
    int32_t mantissa;
    int32_t shift_less_1; /* to the right */
} tin_mcu_channel;

/* Of channel c, whose n weights are given. Returns 0 if a sum may leave [-limit, limit) or if requantise.h cannot round as
 * fixed_point.h does. */
static inline int tin_mcu_channel_of(int32_t n, const int8_t* weights, int32_t c, const tin_mcu_range* range,
                                     const tin_mcu_factors* f, int32_t limit, tin_mcu_channel* channel) {
    const tin_multiplier m = f->scale[c];
    int64_t low = f->bias ? f->bias[c] : 0, high;
    for (int32_t k = 0; k < n; ++k) low -= (int64_t)range->x_zero * weights[k];
    if (low < INT32_MIN || low > INT32_MAX) return 0;
    channel->bias = (int32_t)low;
    high = low;
    for (int32_t k = 0; k < n; ++k) {
        low += weights[k] * (weights[k] > 0 ? INT64_C(-128) : INT64_C(127));
        high += weights[k] * (weights[k] > 0 ? INT64_C(127) : INT64_C(-128));
    }
    if (low < -(int64_t)limit || high >= limit) return 0;
    /* Sums that round to 0 whatever they are: a product of 0 says it with a shift that fits. */
    const int64_t largest = -low > high ? -low : high;
    const int nothing = m.mantissa == 0 || (m.shift < -21 && largest < INT64_C(1) << (-m.shift - 1));
    if (!nothing && (m.mantissa < 0 || m.shift > -1 || m.shift < -21)) return 0;
    channel->mantissa = nothing ? 0 : m.mantissa;
    channel->shift_less_1 = nothing ? 0 : -m.shift - 1;
    return 1;
}
#endif
