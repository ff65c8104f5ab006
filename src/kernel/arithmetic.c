#include "kernel/arithmetic.h"

#include <math.h>

#define WRAPPING(name, suffix, T, W)                                             \
    TIN_BINARY(add_##suffix, T, T, (W)a + (W)b)                                  \
    TIN_BINARY(sub_##suffix, T, T, (W)a - (W)b)                                  \
    TIN_BINARY(mul_##suffix, T, T, (W)a*(W)b)                                    \
    TIN_BINARY(squared_difference_##suffix, T, T, ((W)a - (W)b) * ((W)a - (W)b)) \
    TIN_BINARY(max_##suffix, T, T, a > b ? a : b)                                \
    TIN_BINARY(min_##suffix, T, T, a < b ? a : b)
TIN_EACH_NUMBER(WRAPPING, )

/* Quotients. The only one that overflows is the smallest value by -1: it wraps around, as negation does. */
#define DIVIDE_SIGNED(name, suffix, T, W)                                                              \
    static T quotient_##suffix(T a, T b) { return b == 0 ? 0 : b == -1 ? (T)(0 - (W)a) : (T)(a / b); } \
    static T remainder_##suffix(T a, T b) { return b == 0 || b == -1 ? 0 : (T)(a % b); }               \
    static T floor_mod_##suffix(T a, T b) {                                                            \
        const T r = remainder_##suffix(a, b);                                                          \
        return r != 0 && (r < 0) != (b < 0) ? (T)(r + b) : r;                                          \
    }                                                                                                  \
    static T floor_div_##suffix(T a, T b) {                                                            \
        const T q = quotient_##suffix(a, b), r = remainder_##suffix(a, b);                             \
        return r != 0 && (r < 0) != (b < 0) ? (T)(q - 1) : q;                                          \
    }                                                                                                  \
    TIN_BINARY(div_##suffix, T, T, quotient_##suffix(a, b))                                            \
    TIN_BINARY(floor_div_##suffix, T, T, floor_div_##suffix(a, b))                                     \
    TIN_BINARY(floor_mod_##suffix, T, T, floor_mod_##suffix(a, b))
TIN_EACH_SIGNED(DIVIDE_SIGNED, )

#define DIVIDE_UNSIGNED(name, suffix, T, W)                  \
    TIN_BINARY(div_##suffix, T, T, b == 0 ? 0 : a / b)       \
    TIN_BINARY(floor_div_##suffix, T, T, b == 0 ? 0 : a / b) \
    TIN_BINARY(floor_mod_##suffix, T, T, b == 0 ? 0 : a % b)
TIN_EACH_UNSIGNED(DIVIDE_UNSIGNED, )

static float floor_mod(float a, float b) {
    const float r = fmodf(a, b);
    return r != 0.0f && (r < 0.0f) != (b < 0.0f) ? r + b : r;
}
TIN_BINARY(div_f32, float, float, a / b)
TIN_BINARY(floor_div_f32, float, float, floor((double)a / (double)b))
TIN_BINARY(floor_mod_f32, float, float, floor_mod(a, b))

/* By squaring, modulo 2^bits. */
#define POWER(name, suffix, T, W)                     \
    static T power_##suffix(T a, uint64_t exponent) { \
        W result = 1, square = (W)a;                  \
        for (; exponent != 0; exponent >>= 1) {       \
            if (exponent & 1) result *= square;       \
            square *= square;                         \
        }                                             \
        return (T)result;                             \
    }
TIN_EACH_INTEGER(POWER, )
#define POW_SIGNED(name, suffix, T, W)                           \
    static T pow_##suffix(T a, T b) {                            \
        if (b >= 0) return power_##suffix(a, (uint64_t)b);       \
        return a == 1 ? 1 : a == -1 ? (b % 2 == 0 ? 1 : -1) : 0; \
    }                                                            \
    TIN_BINARY(pow_##suffix, T, T, pow_##suffix(a, b))
TIN_EACH_SIGNED(POW_SIGNED, )
#define POW_UNSIGNED(name, suffix, T, W) TIN_BINARY(pow_##suffix, T, T, power_##suffix(a, b))
TIN_EACH_UNSIGNED(POW_UNSIGNED, )
TIN_BINARY(pow_f32, float, float, powf(a, b))

TIN_BINARY(atan2_f32, float, float, atan2f(a, b))
TIN_BINARY(prelu_f32, float, float, a >= 0.0f ? a : a * b)
