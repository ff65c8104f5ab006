/* Convolutions with any window, and depthwise ones of a single channel, which are the same. */
#ifndef TIN_KERNEL_MCU_CONV_H
#define TIN_KERNEL_MCU_CONV_H
#include "kernel/mcu/layer.h"
#ifdef __cplusplus
extern "C" {
#endif
/* As tin_conv_i8 with one group. `packed` comes from tin_mcu_pack_pairs with kernel_h * kernel_w * in_c inputs (of a depthwise
 * convolution of one channel, from tin_mcu_pack_one_channel); `scratch` has tin_mcu_conv_scratch bytes, aligned to words. */
void tin_mcu_conv(const tin_mcu_window* w, const int8_t* x, const uint32_t* packed, void* scratch, int8_t* y);

/* Two pixels' windows as 16-bit lanes, and as bytes those that have to be gathered first: whole windows, or rows of them. */
static inline int32_t tin_mcu_conv_scratch(const tin_mcu_window* w) {
    const int32_t run = w->kernel_w * w->in_c, all = (w->kernel_h * run + 3) / 4 * 4;
    return all * 4 + 2 * (run % 4 ? all : run);
}
#ifdef __cplusplus
}
#endif
#endif
