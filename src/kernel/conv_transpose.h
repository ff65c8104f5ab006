#ifndef TIN_KERNEL_CONV_TRANSPOSE_H
#define TIN_KERNEL_CONV_TRANSPOSE_H
#include "kernel/window.h"
#ifdef __cplusplus
extern "C" {
#endif
/* The window slides over the output: w->in_* are the extents of y, w->out_* those of x.
   y[b, iy*sh + ky - top, ix*sw + kx - left, o] += x[b,iy,ix,i] * weights[o,ky,kx,i], starting from bias[o]. bias may be null. */
void tin_conv_transpose_f32(const tin_window* w, const float* x, const float* weights, const float* bias, float* y);
#ifdef __cplusplus
}
#endif
#endif
