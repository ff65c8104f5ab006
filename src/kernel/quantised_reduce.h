/* Reductions of stored integers, with the arithmetic of TFLite's reference kernels. */
#ifndef TIN_KERNEL_QUANTISED_REDUCE_H
#define TIN_KERNEL_QUANTISED_REDUCE_H
#include "kernel/fixed_point.h"
#include "kernel/reduce.h"
#ifdef __cplusplus
extern "C" {
#endif
/* Sum: factor = scale of x / scale of y. For the mean, tin_mean_factor brings 1 / count into it. Product: factor = scale of x /
 * (scale of y)^(1 / count), applied after each multiplication and once more at the end. */
typedef struct {
    int32_t zero_x, zero_y;
    tin_multiplier factor;
} tin_reduce_scale;

/* The factor divided by the number of elements that meet. */
tin_multiplier tin_mean_factor(tin_multiplier factor, int64_t count);

#define TIN_DECLARE_QUANTISED_REDUCE(name, suffix, T) \
    void tin_reduce_##name##_##suffix(const T* x, T* y, const tin_reduction* r, const tin_reduce_scale* scale);
TIN_DECLARE_QUANTISED_REDUCE(sum, qi8, int8_t)
TIN_DECLARE_QUANTISED_REDUCE(sum, qu8, uint8_t)
TIN_DECLARE_QUANTISED_REDUCE(sum, qi16, int16_t)
TIN_DECLARE_QUANTISED_REDUCE(prod, qi8, int8_t)
TIN_DECLARE_QUANTISED_REDUCE(prod, qi16, int16_t)
#ifdef __cplusplus
}
#endif
#endif
