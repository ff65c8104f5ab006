/* Pools and means over the cells of images of 8-bit integers. */
#ifndef TIN_KERNEL_MCU_POOL_H
#define TIN_KERNEL_MCU_POOL_H
#include "kernel/mcu/layer.h"
#include "kernel/quantised_reduce.h"
#ifdef __cplusplus
extern "C" {
#endif
/* As tin_average_pool_i8 and tin_max_pool_i8; dilation 1. The largest cell is kept in the range too. */
void tin_mcu_average_pool(const tin_mcu_window* w, const int8_t* x, int8_t* y);
void tin_mcu_max_pool(const tin_mcu_window* w, const int8_t* x, int8_t* y);
/* As tin_reduce_sum_qi8 over all of `cells` cells of so many channels: the mean over height and width. */
void tin_mcu_mean(int32_t cells, int32_t channels, const tin_reduce_scale* scale, const int8_t* x, int8_t* y);
#ifdef __cplusplus
}
#endif
#endif
