/* Convolutions of stored integers, as TFLite's reference kernels compute them. Weights and windows are as in conv.h and
 * depthwise_conv.h; cells outside x count as x's zero point; bias may be null. Suffixes name x's element type; weights are i8
 * beside i8 and i16, u8 beside u8. x and y of i16 have the zero point 0 and sums of 64 bits; with the suffix i16_b32 of 32 bits. */
#ifndef TIN_KERNEL_CONV_INTEGER_H
#define TIN_KERNEL_CONV_INTEGER_H
#include "kernel/weighted_sum.h"
#include "kernel/window.h"
#ifdef __cplusplus
extern "C" {
#endif
#define TIN_DECLARE_CONV(S, X, W, B)                                                                                         \
    void tin_conv_##S(const tin_window* w, int64_t group, const X* x, const W* weights, const B* bias,                       \
                      const tin_weighted_sum* q, X* y);                                                                      \
    void tin_depthwise_conv_##S(const tin_window* w, const X* x, const W* weights, const B* bias, const tin_weighted_sum* q, \
                                X* y);                                                                                       \
    /* The window slides over y: see conv_transpose.h. */                                                                    \
    void tin_conv_transpose_##S(const tin_window* w, const X* x, const W* weights, const B* bias, const tin_weighted_sum* q, \
                                X* y);
TIN_DECLARE_CONV(i8, int8_t, int8_t, int32_t)
TIN_DECLARE_CONV(u8, uint8_t, uint8_t, int32_t)
TIN_DECLARE_CONV(i16, int16_t, int8_t, int64_t)
TIN_DECLARE_CONV(i16_b32, int16_t, int8_t, int32_t)
#undef TIN_DECLARE_CONV
#ifdef __cplusplus
}
#endif
#endif
