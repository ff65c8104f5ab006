#ifndef TIN_KERNEL_HARD_SWISH_H
#define TIN_KERNEL_HARD_SWISH_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
/* y = x * min(max(x + 3, 0), 6) / 6, elementwise over n elements. */
void tin_hard_swish_f32(const float* x, float* y, int64_t n);
#ifdef __cplusplus
}
#endif
#endif
