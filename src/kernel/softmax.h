#ifndef TIN_KERNEL_SOFTMAX_H
#define TIN_KERNEL_SOFTMAX_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
/* Each of `rows` rows of n: y = exp(beta * (x - max)) / sum. */
void tin_softmax_f32(const float* x, float* y, int64_t rows, int64_t n, float beta);
/* y = (x - max) - log(sum of exp(x - max)). */
void tin_log_softmax_f32(const float* x, float* y, int64_t rows, int64_t n);
/* y = x / max(sqrt(sum of x^2), 1e-6). */
void tin_l2_normalization_f32(const float* x, float* y, int64_t rows, int64_t n);
/* y = x / (bias + alpha * sum of x^2 over the 2 * radius + 1 neighbours that exist) ^ beta. */
void tin_lrn_f32(const float* x, float* y, int64_t rows, int64_t n, int64_t radius, float bias, float alpha, float beta);
#ifdef __cplusplus
}
#endif
#endif
