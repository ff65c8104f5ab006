#ifndef TIN_KERNEL_ACTIVATION_H
#define TIN_KERNEL_ACTIVATION_H
#include "kernel/elementwise.h"
#ifdef __cplusplus
extern "C" {
#endif
/* y[i] = min(max(x[i], low), high) */
#define TIN_DECLARE_CLAMP(name, suffix, T, W) void tin_##name##_##suffix(const T* x, T* y, int64_t n, T low, T high);
TIN_EACH_NUMBER(TIN_DECLARE_CLAMP, clamp)

TIN_DECLARE_UNARY(sigmoid, f32, float, float)
TIN_DECLARE_UNARY(tanh, f32, float, float)
TIN_DECLARE_UNARY(elu, f32, float, float)       /* x, or exp(x) - 1 where x < 0 */
TIN_DECLARE_UNARY(gelu, f32, float, float)      /* x * P(X <= x) for a standard normal X */
TIN_DECLARE_UNARY(gelu_tanh, f32, float, float) /* x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) */
TIN_DECLARE_UNARY(erf, f32, float, float)

/* x, or alpha * x where x < 0 */
void tin_leaky_relu_f32(const float* x, float* y, int64_t n, float alpha);
#ifdef __cplusplus
}
#endif
#endif
