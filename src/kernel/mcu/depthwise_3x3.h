/* Depthwise convolutions with windows of 3x3, as many outputs as inputs and at least four of them. What `packed` holds, in words, for each channel:
 *   bias less x_zero times the sum of the weights; mantissa
 *   for each column of the window the weights of its three rows as bytes; the fourth byte of the first column is the shift e - 1 */
#ifndef TIN_KERNEL_MCU_DEPTHWISE_3X3_H
#define TIN_KERNEL_MCU_DEPTHWISE_3X3_H
#include "kernel/mcu/dsp.h"
#include "kernel/mcu/layer.h"
#ifdef __cplusplus
extern "C" {
#endif
#define TIN_MCU_3X3_WORDS 5

/* As tin_depthwise_conv_i8; dilation 1. `packed` comes from tin_mcu_pack_depthwise_3x3, `scratch` is aligned to words. */
void tin_mcu_depthwise_3x3(const tin_mcu_window* w, const int8_t* x, const uint32_t* packed, void* scratch, int8_t* y);

/* Rows of windows that lie in the scratch at a time: weights are made ready for so many. */
static inline int32_t tin_mcu_3x3_blocks(const tin_mcu_window* w) {
    const int32_t rows = w->stride_h == 1 && w->stride_w == 1 ? w->out_h / 2 : w->out_h;
    const int32_t fit = 1280 / (((w->out_w - 1) * w->stride_w + 3) * 32), most = fit < rows ? fit : rows;
    return most < 1 ? 1 : most;
}
/* Bytes of scratch. With SIMD instructions rows of windows lie there, four channels wide, as 16-bit lanes; without, a cell of padding.
 * The larger of both is enough anywhere. */
static inline int32_t tin_mcu_depthwise_3x3_scratch(const tin_mcu_window* w) {
    const int32_t lanes = ((w->out_w - 1) * w->stride_w + 3) * 32 * tin_mcu_3x3_blocks(w);
    return lanes > w->in_c ? lanes : w->in_c;
}
#ifdef __cplusplus
}
#endif
#endif
