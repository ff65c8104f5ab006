/* Functions of fixed-point numbers, with the arithmetic and the roundings of TFLite's reference kernels (those of gemmlowp). A
 * number in "Qn" is raw / 2^(31 - n): n bits before the point. Sums wrap around; in range they cannot. */
#ifndef TIN_KERNEL_FIXED_MATH_H
#define TIN_KERNEL_FIXED_MATH_H
#include "kernel/fixed_point.h"

/* Bits of 0 above the highest 1; 32 of 0. */
static inline int32_t tin_leading_zeros(uint32_t x) {
    int32_t n = 0;
    if (x == 0) return 32;
    if (x < UINT32_C(1) << 16) {
        n += 16;
        x <<= 16;
    }
    if (x < UINT32_C(1) << 24) {
        n += 8;
        x <<= 8;
    }
    if (x < UINT32_C(1) << 28) {
        n += 4;
        x <<= 4;
    }
    if (x < UINT32_C(1) << 30) {
        n += 2;
        x <<= 2;
    }
    return n + (x < UINT32_C(1) << 31);
}

static inline int32_t tin_wrap_sub(int32_t a, int32_t b) { return (int32_t)((uint32_t)a - (uint32_t)b); }

/* x * 2^exponent, saturated; 0 <= exponent <= 31. */
static inline int32_t tin_saturating_shift(int32_t x, int32_t exponent) {
    const int32_t threshold = (int32_t)((UINT32_C(1) << (31 - exponent)) - 1u);
    if (exponent == 0) return x;
    return x > threshold ? INT32_MAX : x < -threshold ? INT32_MIN : (int32_t)((uint32_t)x << exponent);
}

static inline int32_t tin_saturating_add(int32_t a, int32_t b) {
    const int64_t sum = (int64_t)a + b;
    return sum > INT32_MAX ? INT32_MAX : sum < INT32_MIN ? INT32_MIN : (int32_t)sum;
}

/* (a + b) / 2, halves away from zero. */
static inline int32_t tin_rounding_half_sum(int32_t a, int32_t b) {
    const int64_t sum = (int64_t)a + b;
    return (int32_t)((sum + (sum >= 0 ? 1 : -1)) / 2);
}

/* e^a in Q0 for a <= 0 in Q`whole`, 0 <= whole <= 5: a Taylor polynomial around -1/8 for what remains modulo 1/4, times e^-2^k
 * for each further bit. */
static inline int32_t tin_exp_negative(int32_t a, int32_t whole) {
    static const int32_t factor[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
    const int32_t fraction_bits = 31 - whole, quarter = (int32_t)(UINT32_C(1) << (fraction_bits - 2));
    const int32_t part = (a & (quarter - 1)) - quarter;
    const int32_t x = tin_wrap_add(tin_saturating_shift(part, whole), 1 << 28);
    const int32_t x2 = tin_doubling_high_mul(x, x), x3 = tin_doubling_high_mul(x2, x);
    const int32_t x4_over_4 = tin_rounding_divide(tin_doubling_high_mul(x2, x2), 2);
    const int32_t cubic = tin_wrap_add(tin_doubling_high_mul(tin_wrap_add(x4_over_4, x3), 715827883), x2);
    const int32_t polynomial = tin_wrap_add(x, tin_rounding_divide(cubic, 1));
    int32_t result = tin_wrap_add(1895147668, tin_doubling_high_mul(1895147668, polynomial));
    const uint32_t rest = (uint32_t)part - (uint32_t)a;
    if (a == 0) return INT32_MAX;
    for (int32_t k = -2; k < whole; ++k)
        if (rest & (UINT32_C(1) << (fraction_bits + k))) result = tin_doubling_high_mul(result, factor[k + 2]);
    return result;
}

/* 2 / (1 + a) in Q2 for a in [0, 1] in Q0, by three steps of Newton and Raphson. */
static inline int32_t tin_two_over_one_plus(int32_t a) {
    const int32_t half = tin_rounding_half_sum(a, INT32_MAX), one = 1 << 29;
    int32_t x = tin_wrap_add(1515870810, tin_doubling_high_mul(half, -1010580540));
    for (int i = 0; i < 3; ++i) {
        const int32_t rest = tin_wrap_sub(one, tin_doubling_high_mul(half, x));
        x = tin_wrap_add(x, tin_saturating_shift(tin_doubling_high_mul(x, rest), 2));
    }
    return x;
}

/* 1 / (1 + a) and (1 - a) / (1 + a) in Q0 for a in [0, 1] in Q0. */
static inline int32_t tin_one_over_one_plus(int32_t a) { return tin_saturating_shift(tin_two_over_one_plus(a), 1); }
static inline int32_t tin_one_minus_over_one_plus(int32_t a) {
    return tin_saturating_shift(tin_wrap_sub(tin_two_over_one_plus(a), 1 << 29), 2);
}

/* The logistic function and the hyperbolic tangent in Q0 of a in Q4. */
static inline int32_t tin_fixed_logistic(int32_t a) {
    if (a == 0) return 1 << 30;
    const int32_t positive = tin_one_over_one_plus(tin_exp_negative(a > 0 ? tin_wrap_sub(0, a) : a, 4));
    return a > 0 ? positive : INT32_MAX - positive;
}
static inline int32_t tin_fixed_tanh(int32_t a) {
    if (a == 0) return 0;
    const int32_t negative = tin_one_minus_over_one_plus(tin_exp_negative(a < 0 ? a : tin_wrap_sub(0, a), 5));
    return a < 0 ? tin_wrap_sub(0, negative) : negative;
}

/* 1 / x for x > 0 in Q`whole`, as the result in Q0 divided by 2^*over. */
static inline int32_t tin_reciprocal(int32_t x, int32_t whole, int32_t* over) {
    const int32_t headroom = tin_leading_zeros((uint32_t)x);
    *over = whole - headroom;
    return tin_one_over_one_plus((int32_t)(((uint32_t)x << (headroom & 31)) - (UINT32_C(1) << 31)));
}

/* 1 / sqrt(x) for x >= 0 (0 counts as 1), by five steps of Newton and Raphson from 1. */
static inline tin_multiplier tin_inverse_sqrt(int32_t x) {
    tin_multiplier result = {INT32_MAX, 0};
    if (x <= 1) return result;
    int32_t shift = 11;
    for (; x >= 1 << 29; x /= 4) ++shift;
    const int32_t pairs = (tin_leading_zeros((uint32_t)x) - 1) / 2 - 1;
    shift -= pairs;
    const int32_t input = (int32_t)((uint32_t)x << (2 * pairs)) >> 1, half = tin_rounding_divide(input, 1); /* Q3 */
    int32_t y = 1 << 28;
    for (int i = 0; i < 5; ++i) {
        const int32_t cube = tin_saturating_shift(tin_doubling_high_mul(tin_doubling_high_mul(y, y), y), 6);
        const int32_t step = tin_wrap_sub(tin_doubling_high_mul((1 << 28) + (1 << 27), y), tin_doubling_high_mul(half, cube));
        y = tin_saturating_shift(step, 3);
    }
    result.mantissa = tin_doubling_high_mul(y, 1518500250); /* sqrt(1/2) */
    if (shift < 0) {
        result.mantissa = (int32_t)((uint32_t)result.mantissa << -shift);
        shift = 0;
    }
    result.shift = -shift;
    return result;
}
#endif
