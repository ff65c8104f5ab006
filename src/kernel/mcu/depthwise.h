/* Depthwise convolutions with any window and as many outputs as inputs. What `packed` holds, in words, for each four channels:
 *   four biases less x_zero times the sum of the weights
 *   for each cell of the window, row by row, the weights of the four channels as bytes
 *   four mantissas; four shifts e - 1 as bytes
 * The last four channels overlap those before where channels are no multiple of four; fewer than four are filled up with zeros. */
#ifndef TIN_KERNEL_MCU_DEPTHWISE_H
#define TIN_KERNEL_MCU_DEPTHWISE_H
#include "kernel/mcu/layer.h"
#ifdef __cplusplus
extern "C" {
#endif
/* As tin_depthwise_conv_i8. `packed` comes from tin_mcu_pack_depthwise. */
void tin_mcu_depthwise(const tin_mcu_window* w, const int8_t* x, const uint32_t* packed, int8_t* y);
#ifdef __cplusplus
}
#endif
#endif
