/* Fixed-point arithmetic of quantised kernels: real factors as integers, with the roundings of TFLite's reference kernels. */
#ifndef TIN_KERNEL_FIXED_POINT_H
#define TIN_KERNEL_FIXED_POINT_H
#include <stdint.h>

/* A real factor, mantissa * 2^(shift - 31). The mantissa is 0 or in [2^30, 2^31), or its negative; shift is in [-31, 31]. */
typedef struct {
    int32_t mantissa, shift;
} tin_multiplier;

static inline int32_t tin_limit(int32_t x, int32_t low, int32_t high) { return x < low ? low : x > high ? high : x; }

/* Sums that wrap around as two's complement does: only absurd models get there. */
static inline int32_t tin_wrap_add(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }
static inline int32_t tin_wrap_mul(int32_t a, int32_t b) { return (int32_t)((uint32_t)a * (uint32_t)b); }

/* a * b / 2^31 to the nearest integer, halves up; saturates where both are -2^31. */
static inline int32_t tin_doubling_high_mul(int32_t a, int32_t b) {
    if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
    const int64_t product = (int64_t)a * b, half = product >= 0 ? INT64_C(1) << 30 : 1 - (INT64_C(1) << 30);
    return (int32_t)((product + half) / (INT64_C(1) << 31));
}

/* x / 2^exponent to the nearest integer, halves away from zero; 0 <= exponent <= 31. */
static inline int32_t tin_rounding_divide(int32_t x, int32_t exponent) {
    const int32_t mask = (int32_t)((UINT32_C(1) << exponent) - 1u), threshold = (mask >> 1) + (x < 0);
    return (x >> exponent) + ((x & mask) > threshold);
}

/* x * m, rounded twice: after the product and after the shift to the right. A shift to the left comes first and may wrap. */
static inline int32_t tin_scale(int32_t x, tin_multiplier m) {
    const int32_t left = m.shift > 0 ? m.shift : 0, right = m.shift > 0 ? 0 : -m.shift;
    return tin_rounding_divide(tin_doubling_high_mul(tin_wrap_mul(x, (int32_t)(UINT32_C(1) << left)), m.mantissa), right);
}

/* x * m for 64-bit sums of 16-bit activations: the mantissa is cut to 15 bits, the product rounded once, halves up. m.mantissa
 * is not negative; 0 for shifts over 14, which no real scale asks for. */
static inline int32_t tin_scale_wide(int64_t x, tin_multiplier m) {
    const int32_t mantissa = m.mantissa < 0x7FFF0000 ? (m.mantissa + (1 << 15)) >> 16 : 0x7FFF;
    const int32_t right = 15 - m.shift;
    if (right < 1) return 0;
    const uint64_t sum = (uint64_t)x * (uint64_t)mantissa + (UINT64_C(1) << (right - 1));
    return (int32_t)(uint32_t)(uint64_t)((int64_t)sum >> right);
}
#endif
