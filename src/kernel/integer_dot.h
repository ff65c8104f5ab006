/* Sums of products of stored integers. 8-bit operands, less their zero points, fit 16 bits, so that compilers multiply and add them
 * in pairs; sums wrap around in their accumulator, as TFLite's do, so that the order of the terms is free. */
#ifndef TIN_KERNEL_INTEGER_DOT_H
#define TIN_KERNEL_INTEGER_DOT_H
#include "kernel/fixed_point.h"

/* So many products fit 32 bits: of 8-bit operands, at most 255 * 255 each, and of 16 by 8 bits, at most 2^22. */
#define TIN_SHORT_RUN 32768
#define TIN_WIDE_RUN 256

/* tin_dot4: sum[j] += the product of x and the j-th of four rows of w, which are `step` elements apart. tin_dot1: of x and w. */
#define TIN_INTEGER_DOT(S, X, W)                                                                                       \
    static inline void tin_dot4_##S(const X* x, int32_t x_zero, const W* w, int32_t w_zero, int64_t step, int64_t n,   \
                                    int32_t* sum) {                                                                    \
        const int16_t zero = (int16_t)w_zero;                                                                          \
        for (int64_t at = 0; at < n; at += TIN_SHORT_RUN) {                                                            \
            const int64_t end = n - at < TIN_SHORT_RUN ? n : at + TIN_SHORT_RUN;                                       \
            const W *w0 = w, *w1 = w + step, *w2 = w1 + step, *w3 = w2 + step;                                         \
            int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;                                                                    \
            for (int64_t i = at; i < end; ++i) {                                                                       \
                const int16_t a = (int16_t)(x[i] - x_zero);                                                            \
                s0 += a * (int16_t)(w0[i] - zero);                                                                     \
                s1 += a * (int16_t)(w1[i] - zero);                                                                     \
                s2 += a * (int16_t)(w2[i] - zero);                                                                     \
                s3 += a * (int16_t)(w3[i] - zero);                                                                     \
            }                                                                                                          \
            sum[0] = tin_wrap_add(sum[0], s0);                                                                         \
            sum[1] = tin_wrap_add(sum[1], s1);                                                                         \
            sum[2] = tin_wrap_add(sum[2], s2);                                                                         \
            sum[3] = tin_wrap_add(sum[3], s3);                                                                         \
        }                                                                                                              \
    }                                                                                                                  \
    static inline void tin_dot1_##S(const X* x, int32_t x_zero, const W* w, int32_t w_zero, int64_t n, int32_t* sum) { \
        for (int64_t at = 0; at < n; at += TIN_SHORT_RUN) {                                                            \
            const int64_t end = n - at < TIN_SHORT_RUN ? n : at + TIN_SHORT_RUN;                                       \
            int32_t s = 0;                                                                                             \
            for (int64_t i = at; i < end; ++i) s += (int16_t)(x[i] - x_zero) * (int16_t)(w[i] - w_zero);               \
            *sum = tin_wrap_add(*sum, s);                                                                              \
        }                                                                                                              \
    }
TIN_INTEGER_DOT(i8, int8_t, int8_t)
TIN_INTEGER_DOT(u8, uint8_t, uint8_t)
#undef TIN_INTEGER_DOT

/* The same for 16-bit activations, whose zero point is 0, in 64 bits. */
static inline void tin_dot1_i16(const int16_t* x, const int8_t* w, int64_t n, int64_t* sum) {
    for (int64_t at = 0; at < n; at += TIN_WIDE_RUN) {
        const int64_t end = n - at < TIN_WIDE_RUN ? n : at + TIN_WIDE_RUN;
        int32_t s = 0;
        for (int64_t i = at; i < end; ++i) s += x[i] * (int16_t)w[i];
        *sum += s;
    }
}
static inline void tin_dot4_i16(const int16_t* x, const int8_t* w, int64_t step, int64_t n, int64_t* sum) {
    for (int j = 0; j < 4; ++j) tin_dot1_i16(x, w + j * step, n, sum + j);
}
#endif
