/* The kinds of sums that integer kernels are made for: X(suffix, x, weights, bias, sum, what goes with it, y), and for each suffix
 *   tin_add1_S, tin_add4_S: sum += the product of x and a row of w, or of four rows that are `step` elements apart
 *   tin_term_S: one term of a sum
 *   tin_result_S: what a sum and its bias are stored as. */
#ifndef TIN_KERNEL_INTEGER_SUM_H
#define TIN_KERNEL_INTEGER_SUM_H
#include "kernel/hybrid.h"
#include "kernel/integer_dot.h"
#include "kernel/weighted_sum.h"

#define TIN_EACH_SUM(X)                                                  \
    X(i8, int8_t, int8_t, int32_t, int32_t, tin_weighted_sum, int8_t)    \
    X(u8, uint8_t, uint8_t, int32_t, int32_t, tin_weighted_sum, uint8_t) \
    X(i16, int16_t, int8_t, int64_t, int64_t, tin_weighted_sum, int16_t) \
    X(i16_b32, int16_t, int8_t, int32_t, int64_t, tin_weighted_sum, int16_t)
#define TIN_HYBRID_SUM(X) X(hybrid, int8_t, int8_t, float, int32_t, tin_hybrid_sum, float)

#define TIN_SHORT_SUM(S, X, W, zero)                                                                               \
    static inline void tin_add1_##S(const X* x, const W* w, int64_t n, const tin_weighted_sum* q, int32_t* sum) {  \
        tin_dot1_##S(x, q->x_zero, w, zero, n, sum);                                                               \
    }                                                                                                              \
    static inline void tin_add4_##S(const X* x, const W* w, int64_t step, int64_t n, const tin_weighted_sum* q,    \
                                    int32_t* sum) {                                                                \
        tin_dot4_##S(x, q->x_zero, w, zero, step, n, sum);                                                         \
    }                                                                                                              \
    static inline int32_t tin_term_##S(int32_t sum, X x, W w, const tin_weighted_sum* q) {                         \
        return tin_wrap_add(sum, (x - q->x_zero) * (w - zero));                                                    \
    }                                                                                                              \
    static inline X tin_result_##S(int32_t sum, const int32_t* bias, const tin_weighted_sum* q, int64_t channel) { \
        return (X)tin_stored(tin_wrap_add(sum, bias ? bias[channel] : 0), q, channel);                             \
    }
TIN_SHORT_SUM(i8, int8_t, int8_t, 0)
TIN_SHORT_SUM(u8, uint8_t, uint8_t, q->weights_zero)
#undef TIN_SHORT_SUM

#define TIN_WIDE_SUM(S, B, stored)                                                                                           \
    static inline void tin_add1_##S(const int16_t* x, const int8_t* w, int64_t n, const tin_weighted_sum* q, int64_t* sum) { \
        (void)q;                                                                                                             \
        tin_dot1_i16(x, w, n, sum);                                                                                          \
    }                                                                                                                        \
    static inline void tin_add4_##S(const int16_t* x, const int8_t* w, int64_t step, int64_t n, const tin_weighted_sum* q,   \
                                    int64_t* sum) {                                                                          \
        (void)q;                                                                                                             \
        tin_dot4_i16(x, w, step, n, sum);                                                                                    \
    }                                                                                                                        \
    static inline int64_t tin_term_##S(int64_t sum, int16_t x, int8_t w, const tin_weighted_sum* q) {                        \
        (void)q;                                                                                                             \
        return sum + x * w;                                                                                                  \
    }                                                                                                                        \
    static inline int16_t tin_result_##S(int64_t sum, const B* bias, const tin_weighted_sum* q, int64_t channel) {           \
        return (int16_t)stored;                                                                                              \
    }
TIN_WIDE_SUM(i16, int64_t, tin_stored_wide((int64_t)((uint64_t)sum + (uint64_t)(bias ? bias[channel] : 0)), q, channel))
TIN_WIDE_SUM(i16_b32, int32_t, tin_stored(tin_wrap_add((int32_t)(uint32_t)(uint64_t)sum, bias ? bias[channel] : 0), q, channel))
#undef TIN_WIDE_SUM

static inline void tin_add1_hybrid(const int8_t* x, const int8_t* w, int64_t n, const tin_hybrid_sum* q, int32_t* sum) {
    tin_dot1_i8(x, q->x_zero, w, 0, n, sum);
}
static inline void tin_add4_hybrid(const int8_t* x, const int8_t* w, int64_t step, int64_t n, const tin_hybrid_sum* q,
                                   int32_t* sum) {
    tin_dot4_i8(x, q->x_zero, w, 0, step, n, sum);
}
static inline int32_t tin_term_hybrid(int32_t sum, int8_t x, int8_t w, const tin_hybrid_sum* q) {
    return tin_wrap_add(sum, (x - q->x_zero) * w);
}
static inline float tin_result_hybrid(int32_t sum, const float* bias, const tin_hybrid_sum* q, int64_t channel) {
    const float scale = q->scale[channel * q->scale_step];
    const float real = q->one_by_one ? (float)sum * scale * q->x_scale : (float)sum * (scale * q->x_scale);
    return (bias ? bias[channel] : 0.0f) + real;
}
#endif
