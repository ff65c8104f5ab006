/* Layers of float activations and stored weights, as TFLite's hybrid kernels compute them: the activations are quantised while the
 * layer runs, row by row or image by image. */
#ifndef TIN_KERNEL_HYBRID_H
#define TIN_KERNEL_HYBRID_H
#include "kernel/window.h"
#ifdef __cplusplus
extern "C" {
#endif
/* How numbers between two bounds, of which 0 is one or lies between them, are stored: around 0 as -127..127, or as all of i8 with a zero
 * point. y = x * inverse + zero, to the nearest; 0 where `flat`. */
typedef struct {
    float scale, inverse;
    int32_t zero, low, flat;
} tin_row_scale;
tin_row_scale tin_symmetric_scale(float least, float most);
tin_row_scale tin_asymmetric_scale(float least, float most);
void tin_store_row(const float* x, int64_t n, const tin_row_scale* s, int8_t* y);

/* Quantise n floats and return their scale. */
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
