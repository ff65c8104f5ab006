/* exp, tanh and the normal distribution in plain arithmetic, so that loops over them vectorise (which takes
 * -fno-trapping-math). Relative errors: 1e-7 for exp, 2e-7 for tanh, 1e-6 for the normal distribution within six deviations. */
#ifndef TIN_KERNEL_EXPONENTIAL_H
#define TIN_KERNEL_EXPONENTIAL_H

#include <stdint.h>
#include <string.h>

/* 2^n for -126 <= n <= 127 */
static inline float tin_power_of_two(int32_t n) {
    const uint32_t bits = (uint32_t)(n + 127) << 23;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* e^x = 2^n e^r with n = round(x / ln 2), |r| <= ln 2 / 2, and Taylor's polynomial for e^r. 2^n is taken in two halves, for it
 * may lie outside the normal numbers where its product with e^r does not. */
static inline float tin_exp(float x) {
    const float half_to_even = 12582912.0f; /* 1.5 * 2^23: a sum with it has no fraction */
    x = x < -104.0f ? -104.0f : x;
    x = x > 89.0f ? 89.0f : x;
    const float shifted = x * 1.44269504088896341f + half_to_even, n = shifted - half_to_even;
    uint32_t count, offset;
    memcpy(&count, &shifted, sizeof count);
    memcpy(&offset, &half_to_even, sizeof offset);
    const int32_t whole = (int32_t)(count - offset), half = whole >> 1;
    const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f; /* ln 2 in two parts, the first short enough to be exact */
    float p = 1.0f / 5040;
    p = p * r + 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * (r * r) + r + 1.0f;
    return p * tin_power_of_two(half) * tin_power_of_two(whole - half);
}

/* Near 0 a polynomial in x^2, fitted to (tanh(x) - x) / x^3, keeps the relative precision that 1 - 2 / (e^2x + 1) loses. */
static inline float tin_tanh(float x) {
    const float a = x < 0.0f ? -x : x, s = x * x;
    const float far = 1.0f - 2.0f / (tin_exp(a + a) + 1.0f);
    float p = -0.00562461f;
    p = p * s + 0.02057322f;
    p = p * s - 0.05372157f;
    p = p * s + 0.13331251f;
    p = p * s - 0.33333275f;
    const float near = x + x * s * p;
    return a < 0.625f ? near : x < 0.0f ? -far : far;
}

/* P(X <= x) for a standard normal X. With z = |x| / sqrt 2 and t = 1 / (1 + z / 2), log(erfc(z) e^(z^2) / t) is close to a
 * polynomial in t, fitted here to 2e-7; so both tails keep their relative precision. */
static inline float tin_normal(float x) {
    const float z = (x < 0.0f ? -x : x) * 0.70710678118654752f, t = 1.0f / (1.0f + 0.5f * z);
    float p = 0.15809813f;
    p = p * t - 0.74675184f;
    p = p * t + 1.29844713f;
    p = p * t - 0.86736738f;
    p = p * t + 0.04717585f;
    p = p * t - 0.05924110f;
    p = p * t + 0.05284198f;
    p = p * t + 0.38328695f;
    p = p * t + 0.99897289f;
    p = p * t - 1.26546252f;
    const float tail = 0.5f * t * tin_exp(p - z * z);
    return x < 0.0f ? tail : 1.0f - tail;
}

#endif
