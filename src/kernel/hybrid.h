/* Layers of float activations and stored weights, as TFLite's hybrid kernels compute them: the activations are quantised while the
 * layer runs, row by row or image by image. */
#ifndef TIN_KERNEL_HYBRID_H
#define TIN_KERNEL_HYBRID_H
#include "kernel/window.h"
#ifdef __cplusplus
extern "C" {
#endif
/* Quantise n floats and return their scale: around 0 to -127..127, or to all of i8 with a zero point. */
float tin_quantise_symmetric(const float* x, int64_t n, int8_t* y);
float tin_quantise_asymmetric(const float* x, int64_t n, int8_t* y, int32_t* zero_point);

typedef struct {
    int32_t x_zero;
    float x_scale;
    const float* scale; /* the weights': one for each output channel, or one for all */
    int32_t scale_step; /* 1, or 0 where there is one for all */
    int32_t one_by_one; /* the sum is multiplied by one scale after the other, not by their product */
} tin_hybrid_sum;

/* As tin_conv_f32 and so on, of x quantised; bias may be null. Batches are scaled one by one: w->batch is 1. */
void tin_conv_hybrid(const tin_window* w, int64_t group, const int8_t* x, const int8_t* weights, const float* bias,
                     const tin_hybrid_sum* q, float* y);
void tin_depthwise_conv_hybrid(const tin_window* w, const int8_t* x, const int8_t* weights, const float* bias,
                               const tin_hybrid_sum* q, float* y);
void tin_conv_transpose_hybrid(const tin_window* w, const int8_t* x, const int8_t* weights, const float* bias,
                               const tin_hybrid_sum* q, float* y);
/* y[o] = bias[o] + weights[o] . x for one row; y[o] += weights[o] . x where bias is y. */
void tin_fully_connected_hybrid(const int8_t* x, const int8_t* weights, const float* bias, int64_t in, int64_t out,
                                const tin_hybrid_sum* q, float* y);
#ifdef __cplusplus
}
#endif
#endif
