#ifndef TIN_KERNEL_CONV_3D_H
#define TIN_KERNEL_CONV_3D_H
#include "kernel/window.h"
#ifdef __cplusplus
extern "C" {
#endif
/* As tin_window, over depth, height and width of [batch, depth, height, width, channels]. */
typedef struct {
    int64_t batch, in_c, out_c;
    int64_t in[3], out[3], kernel[3], stride[3], dilation[3], pad[3];
} tin_window_3d;

/* y[b,p,o] = bias[o] + sum over k,i of x[b, p*stride + k*dilation - pad, g*I + i] * weights[k,i,o], I = in_c / group and
   g = o / (out_c / group). bias may be null. */
void tin_conv_3d_f32(const tin_window_3d* w, int64_t group, const float* x, const float* weights, const float* bias, float* y);
/* The window slides over the output: w->in and in_c are those of y. y[b, p*stride + k - pad, o] += x[b,p,i] * weights[k,o,i],
   starting from bias[o]. bias may be null. */
void tin_conv_transpose_3d_f32(const tin_window_3d* w, const float* x, const float* weights, const float* bias, float* y);
#ifdef __cplusplus
}
#endif
#endif
