/* What one output channel adds to its sum and is multiplied with, for kernels that sum x as it is stored; and lanes of two weights. */
#ifndef TIN_KERNEL_MCU_PACK_CHANNEL_H
#define TIN_KERNEL_MCU_PACK_CHANNEL_H
#include <string.h>

#include "kernel/mcu/layer.h"

/* Weights of one channel, n of them, `step` bytes apart. */
typedef struct {
    const int8_t* first;
    int32_t n, step;
} tin_mcu_row;

typedef struct {
    int32_t bias; /* less x_zero times the sum of the weights */
    int32_t mantissa;
    uint32_t shift_byte; /* the shift to the right less 1; see requantise.h for those to the left */
} tin_mcu_channel;

/* Of channel c. Returns 0 if a sum may leave [-limit, limit) or if requantise.h cannot round as fixed_point.h does. */
int tin_mcu_channel_of(const tin_mcu_row* row, int32_t c, const tin_mcu_range* range, const tin_mcu_factors* f, int64_t limit,
                       tin_mcu_channel* channel);

/* Inputs first to first + n of channels a and b as lanes 256 a + b, zeros after them: for each four inputs, `step` words after those of
 * the four before, lanes 0, 2 and 1, 3. b.n may be 0. Returns 0 if a lane does not hold them. Nothing is written if `words` is null. */
int tin_mcu_pack_lanes(const tin_mcu_row* a, const tin_mcu_row* b, int32_t first, int32_t n, size_t step, uint32_t* words);
#endif
