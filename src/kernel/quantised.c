#include "kernel/quantised.h"

#include "kernel/fixed_math.h"

/* Loops over rows, as in elementwise.h, from a function of two stored operands. */
#define ROWS(name, A, B, R, function)                                                                               \
    void tin_##name(const A* left, const B* right, R* y, const tin_walk* walk, const tin_binary* q) {               \
        const int64_t n = walk->dim[walk->rank - 1];                                                                \
        const int64_t step_a = walk->stride[0][walk->rank - 1] != 0, step_b = walk->stride[1][walk->rank - 1] != 0; \
        tin_cursor at = {{0}, {0}};                                                                                 \
        do {                                                                                                        \
            const A* a = left + at.offset[0];                                                                       \
            const B* b = right + at.offset[1];                                                                      \
            for (int64_t i = 0; i < n; ++i, a += step_a, b += step_b) *y++ = (R)function(*a, *b, q);                \
        } while (tin_next_row(walk, &at));                                                                          \
    }

static int32_t scaled(int32_t x, int32_t zero, tin_multiplier m, int32_t shift) {
    return tin_scale(tin_wrap_mul(x - zero, (int32_t)(UINT32_C(1) << shift)), m);
}
static int32_t result(int32_t x, const tin_binary* q) {
    return tin_limit(tin_wrap_add(tin_scale(x, q->y), q->zero_y), q->low, q->high);
}

static int32_t add(int32_t a, int32_t b, const tin_binary* q) {
    return result(tin_wrap_add(scaled(a, q->zero_a, q->a, q->shift), scaled(b, q->zero_b, q->b, q->shift)), q);
}
static int32_t difference(int32_t a, int32_t b, const tin_binary* q) {
    return tin_wrap_sub(scaled(a, q->zero_a, q->a, q->shift), scaled(b, q->zero_b, q->b, q->shift));
}
static int32_t sub(int32_t a, int32_t b, const tin_binary* q) { return result(difference(a, b, q), q); }
static int32_t squared_difference(int32_t a, int32_t b, const tin_binary* q) {
    const int32_t d = difference(a, b, q);
    return result(tin_wrap_mul(d, d), q);
}
static int32_t mul(int32_t a, int32_t b, const tin_binary* q) { return result(tin_wrap_mul(a - q->zero_a, b - q->zero_b), q); }

/* x / 2^exponent as TFLite's rounding division computes it where the exponent exceeds its range: the shift wraps around as the
 * processor's does, and the mask is that of 32 bits. */
static int32_t far_divide(int32_t x, int32_t exponent) { return tin_wrap_add(x >> (exponent & 31), x >= 0); }

static int32_t quotient(int32_t a, int32_t b, const tin_binary* q) {
    int32_t x = a - q->zero_a, divisor = b - q->zero_b, over;
    if (divisor < 0) {
        x = -x;
        divisor = -divisor;
    }
    tin_multiplier inverse = {0, 0}, factor = q->y;
    inverse.mantissa = tin_reciprocal(divisor, 31, &over);
    /* As far to the left as the sign allows. */
    inverse.shift = tin_leading_zeros(x < 0 ? 2u * (uint32_t)-x - 1u : (uint32_t)x) - (x < 0 ? 0 : 1);
    const int32_t whole = tin_scale(x, inverse);
    factor.shift = tin_limit(factor.shift - over - inverse.shift, -127, 31);
    const int32_t y = factor.shift < -31 ? far_divide(tin_doubling_high_mul(whole, factor.mantissa), -factor.shift)
                                         : tin_scale(whole, factor);
    return tin_limit(tin_wrap_add(y, q->zero_y), q->low, q->high);
}

static int32_t prelu(int32_t a, int32_t b, const tin_binary* q) {
    const int32_t x = a - q->zero_a;
    const int32_t y = x >= 0 ? tin_scale(x, q->a) : tin_scale(tin_wrap_mul(x, b - q->zero_b), q->b);
    return tin_limit(tin_wrap_add(y, q->zero_y), q->low, q->high);
}

#define ARITHMETIC(name, suffix, T)                                \
    ROWS(add_##suffix, T, T, T, add)                               \
    ROWS(sub_##suffix, T, T, T, sub)                               \
    ROWS(squared_difference_##suffix, T, T, T, squared_difference) \
    ROWS(mul_##suffix, T, T, T, mul)                               \
    ROWS(div_##suffix, T, T, T, quotient)
TIN_EACH_STORED(ARITHMETIC, )
ROWS(prelu_qi8, int8_t, int8_t, int8_t, prelu)
ROWS(prelu_qu8, uint8_t, uint8_t, uint8_t, prelu)
ROWS(prelu_qi16, int16_t, int8_t, int16_t, prelu)

#define COMPARISON(name, operator)                                                                 \
    static int32_t name(int32_t a, int32_t b, const tin_binary* q) {                               \
        return scaled(a, q->zero_a, q->a, q->shift) operator scaled(b, q->zero_b, q->b, q->shift); \
    }                                                                                              \
    ROWS(name##_qi8, int8_t, int8_t, uint8_t, name)                                                \
    ROWS(name##_qu8, uint8_t, uint8_t, uint8_t, name)
COMPARISON(equal, ==)
COMPARISON(not_equal, !=)
ROWS(equal_qi16, int16_t, int16_t, uint8_t, equal)
ROWS(not_equal_qi16, int16_t, int16_t, uint8_t, not_equal)
COMPARISON(less, <)
COMPARISON(less_or_equal, <=)
COMPARISON(greater, >)
COMPARISON(greater_or_equal, >=)
