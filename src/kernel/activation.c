#include "kernel/activation.h"

#include "kernel/exponential.h"

#include <math.h>

#define CLAMP(name, suffix, T, W)                                         \
    void tin_clamp_##suffix(const T* x, T* y, int64_t n, T low, T high) { \
        for (int64_t i = 0; i < n; ++i) {                                 \
            const T v = x[i] < low ? low : x[i];                          \
            y[i] = v > high ? high : v;                                   \
        }                                                                 \
    }
TIN_EACH_NUMBER(CLAMP, )

TIN_UNARY(sigmoid_f32, float, float, 1.0f / (1.0f + tin_exp(-x)))
TIN_UNARY(tanh_f32, float, float, tin_tanh(x))
/* e^x - 1 = 2 t / (1 - t) with t = tanh(x / 2), without loss near 0 */
static float exp_minus_one(float x) {
    const float t = tin_tanh(0.5f * x);
    return 2.0f * t / (1.0f - t);
}
TIN_UNARY(elu_f32, float, float, x < 0.0f ? exp_minus_one(x) : x)
TIN_UNARY(gelu_f32, float, float, x* tin_normal(x))
TIN_UNARY(gelu_tanh_f32, float, float, 0.5f * x * (1.0f + tin_tanh(0.79788456080286536f * (x + 0.044715f * x * x * x))))
TIN_UNARY(erf_f32, float, float, erff(x))

void tin_leaky_relu_f32(const float* x, float* y, int64_t n, float alpha) {
    for (int64_t i = 0; i < n; ++i) y[i] = x[i] < 0.0f ? alpha * x[i] : x[i];
}
