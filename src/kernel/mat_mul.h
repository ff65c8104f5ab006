#ifndef TIN_KERNEL_MAT_MUL_H
#define TIN_KERNEL_MAT_MUL_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
/* y[r,o] = bias[o] + sum over i of x[r,i] * weights[o,i]. bias may be null. */
void tin_fully_connected_f32(const float* x, const float* weights, const float* bias, int64_t rows, int64_t in, int64_t out,
                             float* y);
/* One matrix product y[m,n] = a * b. a is [m,k], or [k,m] when adj_x; b is [k,n], or [n,k] when adj_y. */
void tin_mat_mul_f32(const float* a, const float* b, int64_t m, int64_t k, int64_t n, int adj_x, int adj_y, float* y);
#ifdef __cplusplus
}
#endif
#endif
