/* Matrix products of stored integers, as TFLite's reference kernels compute them. Suffixes as in conv_integer.h. */
#ifndef TIN_KERNEL_MAT_MUL_INTEGER_H
#define TIN_KERNEL_MAT_MUL_INTEGER_H
#include "kernel/weighted_sum.h"
#ifdef __cplusplus
extern "C" {
#endif
/* As tin_fully_connected_f32, with zero points. Weights of i8 may have one too. */
typedef struct {
    int64_t rows, in, out;
} tin_dense;
void tin_fully_connected_i8(const tin_dense* d, const int8_t* x, const int8_t* weights, const int32_t* bias,
                            const tin_weighted_sum* q, int8_t* y);
void tin_fully_connected_i16(const tin_dense* d, const int16_t* x, const int8_t* weights, const int64_t* bias,
                             const tin_weighted_sum* q, int16_t* y);
void tin_fully_connected_i16_b32(const tin_dense* d, const int16_t* x, const int8_t* weights, const int32_t* bias,
                                 const tin_weighted_sum* q, int16_t* y);
/* The sum times `scale`, rounded once, halves away from zero, in place of q->scale. */
void tin_fully_connected_u8(const tin_dense* d, const uint8_t* x, const uint8_t* weights, const int32_t* bias, double scale,
                            const tin_weighted_sum* q, uint8_t* y);

/* As tin_mat_mul_f32; q->weights_zero is b's zero point, q->scale a single multiplier. a and b of i16 have the zero point 0. */
typedef struct {
    int64_t m, k, n;
    int32_t adj_x, adj_y;
} tin_product;
void tin_mat_mul_i8(const tin_product* p, const int8_t* a, const int8_t* b, const tin_weighted_sum* q, int8_t* y);
void tin_mat_mul_i16(const tin_product* p, const int16_t* a, const int16_t* b, const tin_weighted_sum* q, int16_t* y);
void tin_mat_mul_i16_i8(const tin_product* p, const int16_t* a, const int8_t* b, const tin_weighted_sum* q, int16_t* y);
#ifdef __cplusplus
}
#endif
#endif
