/* One row of inputs by four rows of weights at a time; for more rows of inputs there is tin_mcu_pointwise. What `packed` holds, in words:
 *   5 if multipliers differ by channel, 0 if all are the same
 *   weights: inputs are taken in chunks of TIN_MCU_CHUNK; for each four channels of a chunk, for each four inputs, two lanes (see
 *   paired.h) of the first two channels and two of the others
 *   biases of all channels, less x_zero times the sum of the weights
 *   for each four channels, or once: four mantissas; four shifts e - 1 as bytes
 * Channels are filled up to a multiple of four. */
#ifndef TIN_KERNEL_MCU_FULLY_CONNECTED_H
#define TIN_KERNEL_MCU_FULLY_CONNECTED_H
#include "kernel/mcu/layer.h"
#ifdef __cplusplus
extern "C" {
#endif
/* So many products of any bytes are below 2^23 in sum: what 256 times a sum leaves of 32 bits. */
#define TIN_MCU_CHUNK 508

/* As tin_fully_connected_i8 with weights whose zero point is 0 and d->rows = 1. `packed` comes from tin_mcu_pack_fully_connected,
 * `scratch` is aligned to words. */
void tin_mcu_fully_connected(const tin_mcu_dense* d, const int8_t* x, const uint32_t* packed, void* scratch, int8_t* y);

/* A chunk of inputs as 16-bit lanes, and the sums of all channels where there is more than one. */
static inline int32_t tin_mcu_fully_connected_scratch(const tin_mcu_dense* d) {
    const int32_t sums = (d->out + 3) / 4 * 16;
    return d->in > TIN_MCU_CHUNK ? TIN_MCU_CHUNK * 2 + sums : (d->in + 3) / 4 * 8;
}
#ifdef __cplusplus
}
#endif
#endif
