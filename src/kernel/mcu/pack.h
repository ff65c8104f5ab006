/* How the kernels for microcontrollers want their weights: run where code is generated. Each function returns the number of words
 * that it writes to `packed`, or would write where that is null; 0 if the kernel cannot keep the bits of the plain one for these
 * factors, which then has to be used: sums beyond 24 bits, weights of -128 beside others below zero. */
#ifndef TIN_KERNEL_MCU_PACK_H
#define TIN_KERNEL_MCU_PACK_H
#include "kernel/mcu/layer.h"
#ifdef __cplusplus
extern "C" {
#endif
/* For tin_mcu_pointwise and tin_mcu_conv: `out` rows of `in` weights; the layout is in paired.h. */
size_t tin_mcu_pack_pairs(int32_t in, int32_t out, const tin_mcu_range* range, const tin_mcu_factors* f, uint32_t* packed);
/* For tin_mcu_conv as a depthwise convolution of one channel: weights [in][out]. */
size_t tin_mcu_pack_one_channel(int32_t in, int32_t out, const tin_mcu_range* range, const tin_mcu_factors* f,
                                uint32_t* packed);
/* For tin_mcu_fully_connected: `out` rows of `in` weights; the layout is in fully_connected.h. */
size_t tin_mcu_pack_fully_connected(int32_t in, int32_t out, const tin_mcu_range* range, const tin_mcu_factors* f,
                                    uint32_t* packed);
/* For tin_mcu_depthwise: weights [taps][channels]; the layout is in depthwise.h. */
size_t tin_mcu_pack_depthwise(int32_t taps, int32_t channels, const tin_mcu_range* range, const tin_mcu_factors* f,
                              uint32_t* packed);
/* For tin_mcu_depthwise_3x3: weights [3][3][channels], 4 channels at least (fewer are for tin_mcu_depthwise); the layout is in depthwise_3x3.h. */
size_t tin_mcu_pack_depthwise_3x3(int32_t channels, const tin_mcu_range* range, const tin_mcu_factors* f, uint32_t* packed);
#ifdef __cplusplus
}
#endif
#endif
