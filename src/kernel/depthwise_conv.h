#ifndef TIN_KERNEL_DEPTHWISE_CONV_H
#define TIN_KERNEL_DEPTHWISE_CONV_H
#include "kernel/window.h"
#ifdef __cplusplus
extern "C" {
#endif
/* y[b,oy,ox,o] = bias[o] + sum over ky,kx of x[b, oy*sh + ky*dh - top, ox*sw + kx*dw - left, o / m] * weights[ky,kx,o], with
   m = out_c / in_c; cells outside x count as zero. bias may be null. */
void tin_depthwise_conv_f32(const tin_window* w, const float* x, const float* weights, const float* bias, float* y);
#ifdef __cplusplus
}
#endif
#endif
