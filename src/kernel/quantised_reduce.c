#include "kernel/quantised_reduce.h"

#include "kernel/fixed_math.h"
#include "kernel/reduce_rows.h"

tin_multiplier tin_mean_factor(tin_multiplier factor, int64_t count) {
    if (count <= 1) return factor;
    /* As many bits as the count has keep the quotient precise; the shift stays above -32. */
    int32_t bits = 63;
    while (!(count >> bits)) --bits;
    if (bits > 32) bits = 32;
    if (bits > 31 + factor.shift) bits = 31 + factor.shift;
    factor.mantissa = (int32_t)(((int64_t)factor.mantissa << bits) / count);
    factor.shift -= bits;
    return factor;
}

#define SUM(suffix, T, lowest, highest)                                                                                    \
    TIN_REDUCE_SCALED(                                                                                                     \
        tin_reduce_sum_##suffix, (const T* x, T* y, const tin_reduction* r, const tin_reduce_scale* scale), T, int32_t, 0, \
        tin_wrap_add(a, v),                                                                                                \
        tin_limit(tin_wrap_add(tin_scale((int32_t)((int64_t)a - scale->zero_x * count), scale->factor), scale->zero_y),    \
                  lowest, highest))
SUM(qi8, int8_t, INT8_MIN, INT8_MAX)
SUM(qu8, uint8_t, 0, UINT8_MAX)
SUM(qi16, int16_t, INT16_MIN, INT16_MAX)

/* The first element is taken as it is. */
#define NONE INT64_MIN
#define PRODUCT(suffix, T, lowest, highest)                                                                                    \
    TIN_REDUCE_SCALED(                                                                                                         \
        tin_reduce_prod_##suffix, (const T* x, T* y, const tin_reduction* r, const tin_reduce_scale* scale), T, int64_t, NONE, \
        a == NONE ? v - scale->zero_x : tin_scale_wide(a * (v - scale->zero_x), scale->factor),                                \
        tin_limit(tin_wrap_add(tin_scale_wide(a == NONE ? 0 : a, scale->factor), scale->zero_y), lowest, highest))
PRODUCT(qi8, int8_t, INT8_MIN, INT8_MAX)
PRODUCT(qi16, int16_t, INT16_MIN, INT16_MAX)
