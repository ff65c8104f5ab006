/* Layers of 8-bit integers as the kernels for microcontrollers take them: what is known when code is generated, so that a call sets
 * nothing up. Results are those of tin_conv_i8, tin_depthwise_conv_i8 and tin_fully_connected_i8 bit by bit. */
#ifndef TIN_KERNEL_MCU_LAYER_H
#define TIN_KERNEL_MCU_LAYER_H
#include <stddef.h>

#include "kernel/fixed_point.h"
#ifdef __cplusplus
extern "C" {
#endif

/* Zero points of x and y, and the range that y is kept in. */
typedef struct {
    int8_t x_zero, y_zero, low, high;
} tin_mcu_range;

/* `rows` rows of `in` inputs and `out` outputs each: fully connected, or a convolution with 1x1 windows and stride 1. */
typedef struct {
    int32_t rows, in, out;
    tin_mcu_range range;
} tin_mcu_dense;

/* A window that slides over one image, as tin_window with a batch of one. */
typedef struct {
    int16_t in_h, in_w, in_c, out_h, out_w, out_c;
    int16_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
    tin_mcu_range range;
} tin_mcu_window;

/* Weights, bias (or null) and multipliers as the plain kernels take them. */
typedef struct {
    const int8_t* weights;
    const int32_t* bias;
    const tin_multiplier* scale;
} tin_mcu_factors;

#ifdef __cplusplus
}
#endif
#endif
