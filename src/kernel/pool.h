#ifndef TIN_KERNEL_POOL_H
#define TIN_KERNEL_POOL_H
#include "kernel/window.h"
#ifdef __cplusplus
extern "C" {
#endif
/* y = the largest of the window's cells that lie on x; dilation 1, out_c == in_c. Every window holds at least one such cell. */
void tin_max_pool_f32(const tin_window* w, const float* x, float* y);
void tin_max_pool_i8(const tin_window* w, const int8_t* x, int8_t* y);
void tin_max_pool_u8(const tin_window* w, const uint8_t* x, uint8_t* y);
void tin_max_pool_i16(const tin_window* w, const int16_t* x, int16_t* y);
/* y = the mean of the window's cells that lie on x. */
void tin_average_pool_f32(const tin_window* w, const float* x, float* y);
/* The same of stored integers, halves rounded away from zero, clamped to [low, high]. */
void tin_average_pool_i8(const tin_window* w, const int8_t* x, int32_t low, int32_t high, int8_t* y);
void tin_average_pool_u8(const tin_window* w, const uint8_t* x, int32_t low, int32_t high, uint8_t* y);
void tin_average_pool_i16(const tin_window* w, const int16_t* x, int32_t low, int32_t high, int16_t* y);
#ifdef __cplusplus
}
#endif
#endif
