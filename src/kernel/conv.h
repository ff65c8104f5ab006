#ifndef TIN_KERNEL_CONV_H
#define TIN_KERNEL_CONV_H
#include "kernel/window.h"
#ifdef __cplusplus
extern "C" {
#endif
/* y[b,oy,ox,o] = bias[o] + sum over ky,kx,i of x[b, oy*sh + ky*dh - top, ox*sw + kx*dw - left, g*I + i] * weights[o,ky,kx,i],
   with I = in_c / group and g = o / (out_c / group); cells outside x count as zero. bias may be null. */
void tin_conv_f32(const tin_window* w, int64_t group, const float* x, const float* weights, const float* bias, float* y);
#ifdef __cplusplus
}
#endif
#endif
