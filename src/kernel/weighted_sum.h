/* What layers of weighted sums of stored integers have in common: how a sum becomes a stored integer again. */
#ifndef TIN_KERNEL_WEIGHTED_SUM_H
#define TIN_KERNEL_WEIGHTED_SUM_H
#include "kernel/fixed_point.h"

typedef struct {
    int32_t x_zero, weights_zero, y_zero; /* zero points; weights_zero counts for 8-bit unsigned weights alone */
    int32_t low, high;                    /* the activation's range, stored */
    const tin_multiplier* scale;          /* x's scale times the weights' over y's, one for each output channel */
} tin_weighted_sum;

static inline int32_t tin_stored(int32_t sum, const tin_weighted_sum* q, int64_t channel) {
    return tin_limit(tin_wrap_add(tin_scale(sum, q->scale[channel]), q->y_zero), q->low, q->high);
}
/* Of a 64-bit sum, for results whose zero point is 0. */
static inline int32_t tin_stored_wide(int64_t sum, const tin_weighted_sum* q, int64_t channel) {
    return tin_limit(tin_scale_wide(sum, q->scale[channel]), q->low, q->high);
}
#endif
