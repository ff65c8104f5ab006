#include "kernel/mcu/pointwise.h"

#include "kernel/mcu/paired.h"
#include "kernel/mcu/requantise.h"

void tin_mcu_pointwise(const tin_mcu_dense* d, const int8_t* x, const uint32_t* packed, void* scratch, int8_t* y) {
    const int32_t in = d->in, out = d->out;
    tin_mcu_paired pairs = tin_mcu_paired_with(in, out, d->range.y_zero, packed, (const uint32_t*)scratch);
    int8_t* to = y;
    for (int32_t r = d->rows; r > 0; r -= 2, x += 2 * in, to += 2 * out) {
        const int32_t step = r > 1 ? in : 0;
        if (r == 1) pairs.second = 0;
#if TIN_MCU_SPREAD
        if (in & 3)
            tin_mcu_spread_any(x, x + step, (uint32_t*)scratch, in);
        else
            tin_mcu_spread(x, x + step, (uint32_t*)scratch, in, 1, 0);
        tin_mcu_paired_lanes(&pairs, to);
#else
        tin_mcu_paired_rows(&pairs, x, step, to);
#endif
    }
    tin_mcu_limit(y, d->rows * out, d->range.low, d->range.high);
}
