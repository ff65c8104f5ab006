#ifndef TIN_KERNEL_PAD_H
#define TIN_KERNEL_PAD_H
#include "kernel/tensor.h"
#ifdef __cplusplus
extern "C" {
#endif
/* y[i] = x[mirror(i - before)] in each dimension; the edge element is repeated when `symmetric`, else it is the mirror's axis.
 * Elements of `size` bytes. Any coordinate is folded into x, however far outside. Requires x to have elements; rank >= 1. */
void tin_pad_mirror(const void* x, void* y, const tin_shape* in, const tin_shape* out, const int64_t* before, int32_t symmetric,
                    int64_t size);
#ifdef __cplusplus
}
#endif
#endif
