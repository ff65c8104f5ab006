#include "kernel/mcu/pointwise.h"

#include "kernel/mcu/paired.h"
#include "kernel/mcu/requantise.h"

void tin_mcu_pointwise(const tin_mcu_dense* d, const int8_t* x, const uint32_t* packed, void* scratch, int8_t* y) {
    const tin_mcu_paired pairs = {packed, d->in, d->out, d->range.y_zero};
    int8_t* to = y;
    (void)scratch;
    for (int32_t r = 0; r < d->rows; r += 2, x += 2 * d->in, to += 2 * d->out) {
        const int last = r + 1 == d->rows;
        const int32_t step = last ? 0 : d->in, second = last ? 0 : d->out;
#if TIN_MCU_DSP
        tin_mcu_spread(x, x + step, d->in, (uint32_t*)scratch);
        tin_mcu_paired_lanes(&pairs, (const uint32_t*)scratch, to, second);
#else
        tin_mcu_paired_rows(&pairs, x, step, to, second);
#endif
    }
    tin_mcu_limit(y, d->rows * d->out, d->range.low, d->range.high);
}
