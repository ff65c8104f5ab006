#ifndef TIN_KERNEL_QUANTIZE_H
#define TIN_KERNEL_QUANTIZE_H
#include "kernel/elementwise.h"
#ifdef __cplusplus
extern "C" {
#endif
/* Between real values and stored integers: real = scale[c] * (stored - zero_point[c]). A tensor is outer x channels x inner
 * elements with one scale for each channel; one scale for all is outer = 1, channels = 1. */
typedef struct {
    int64_t outer, channels, inner;
    const float* scale;
    const int64_t* zero_point;
    int32_t halves_to_even; /* when quantising; else away from zero */
} tin_quant;

/* y = clamp(round(x / scale) + zero_point), not a number to the zero point. */
#define TIN_DECLARE_QUANTIZE(name, suffix, T, W) void tin_quantize_##suffix(const float* x, T* y, const tin_quant* quant);
TIN_EACH_INTEGER(TIN_DECLARE_QUANTIZE, )
/* y = scale * (x - zero_point) */
#define TIN_DECLARE_DEQUANTIZE(name, suffix, T, W) void tin_dequantize_##suffix(const T* x, float* y, const tin_quant* quant);
TIN_EACH_INTEGER(TIN_DECLARE_DEQUANTIZE, )
#ifdef __cplusplus
}
#endif
#endif
