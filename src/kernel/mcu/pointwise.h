/* Convolutions with 1x1 windows and stride 1: products of a matrix of pixels with one of weights. */
#ifndef TIN_KERNEL_MCU_POINTWISE_H
#define TIN_KERNEL_MCU_POINTWISE_H
#include "kernel/mcu/layer.h"
#ifdef __cplusplus
extern "C" {
#endif
/* As tin_conv_i8. `packed` comes from tin_mcu_pack_pairs, `scratch` has tin_mcu_pointwise_scratch bytes, aligned to words. */
void tin_mcu_pointwise(const tin_mcu_dense* d, const int8_t* x, const uint32_t* packed, void* scratch, int8_t* y);
static inline int32_t tin_mcu_pointwise_scratch(const tin_mcu_dense* d) { return (d->in + 3) / 4 * 16; }
#ifdef __cplusplus
}
#endif
#endif
