#include "kernel/quantised_softmax.h"

#include "kernel/fixed_math.h"
#include "kernel/quantised.h"

/* e^difference in Q0. */
static int32_t exponential(int32_t difference, tin_multiplier input) {
    return tin_exp_negative(tin_scale(difference, input), 5);
}

#define LARGEST(row, depth, max) \
    for (int64_t c = 0; c < (depth); ++c) max = (row)[c] > max ? (row)[c] : max

#define SOFTMAX(suffix, F, T, lowest, highest, bits)                                                                     \
    void tin_softmax_##suffix(const F* x, T* y, int64_t rows, int64_t depth, const tin_softmax_scale* s) {               \
        for (int64_t row = 0; row < rows; ++row, x += depth, y += depth) {                                               \
            int32_t max = INT32_MIN, sum = 0, over; /* sum in Q12 */                                                     \
            LARGEST(x, depth, max);                                                                                      \
            for (int64_t c = 0; c < depth; ++c)                                                                          \
                if (x[c] - max >= s->diff_min)                                                                           \
                    sum = tin_wrap_add(sum, tin_rounding_divide(exponential(x[c] - max, s->input), 12));                 \
            const int32_t scale = tin_reciprocal(sum, 12, &over);                                                        \
            const int32_t exponent = tin_limit(over + 31 - (bits), 0, 31);                                               \
            for (int64_t c = 0; c < depth; ++c) {                                                                        \
                int32_t v = lowest;                                                                                      \
                if (x[c] - max >= s->diff_min)                                                                           \
                    v += tin_rounding_divide(tin_doubling_high_mul(scale, exponential(x[c] - max, s->input)), exponent); \
                y[c] = (T)tin_limit(v, lowest, highest);                                                                 \
            }                                                                                                            \
        }                                                                                                                \
    }
SOFTMAX(qi8, int8_t, int8_t, INT8_MIN, INT8_MAX, 8)
SOFTMAX(qu8, uint8_t, uint8_t, 0, UINT8_MAX, 8)
SOFTMAX(qi8_qi16, int8_t, int16_t, INT16_MIN, INT16_MAX, 16)

void tin_softmax_qi16(const int16_t* x, int16_t* y, int64_t rows, int64_t depth, tin_multiplier input, const int16_t* exps,
                      const int16_t* reciprocals) {
    for (int64_t row = 0; row < rows; ++row, x += depth, y += depth) {
        int32_t max = INT32_MIN, sum = 0;
        LARGEST(x, depth, max);
        for (int64_t c = 0; c < depth; ++c) {
            const int32_t scaled = tin_wrap_add(tin_scale(x[c] - max, input), 32767);
            const int16_t at = (int16_t)tin_limit(scaled, INT16_MIN, INT16_MAX);
            tin_lookup_16(&at, &y[c], 1, exps);
            sum = tin_wrap_add(sum, y[c]);
        }
        /* sum = 2^power * (1 + fraction); the table takes the fraction. */
        const int32_t zeros = tin_limit(tin_leading_zeros((uint32_t)sum), 1, 30), right = 31 - zeros;
        const int32_t shifted = (int32_t)(((int64_t)sum * (INT64_C(1) << (zeros - 1)) + (1 << 13)) >> 14);
        const int16_t fraction = (int16_t)tin_limit(shifted - ((1 << 15) + (1 << 16)), INT16_MIN, INT16_MAX);
        int16_t reciprocal;
        tin_lookup_16(&fraction, &reciprocal, 1, reciprocals);
        for (int64_t c = 0; c < depth; ++c) {
            const int64_t product = (int64_t)y[c] * reciprocal + (INT64_C(1) << (right - 1));
            y[c] = (int16_t)tin_limit((int32_t)(product >> right), 0, INT16_MAX);
        }
    }
}

/* The natural logarithm in Q5 of x >= 1 in Q12: x = r * 2^p for the better of two r near 2^-1/4, a rational approximation of
 * log r around there, plus p * log 2. */
static int32_t logarithm(int32_t x) {
    const int32_t quarter = 1 << 23, root = 1518500250, fourth_root = 1805811301, whole = 6; /* Q6, Q0 */
    const int32_t zeros_a = tin_leading_zeros((uint32_t)x);
    const int32_t shifted = tin_saturating_shift(x, tin_limit(zeros_a - 1, 0, 31));
    const int32_t r_a = tin_saturating_shift(tin_doubling_high_mul(shifted, root), 1);
    const int32_t power_a = tin_saturating_add(tin_saturating_shift(12 - zeros_a, 31 - whole), quarter);
    const int32_t zeros_b = tin_limit(tin_leading_zeros((uint32_t)tin_doubling_high_mul(x, root)) - 1, 0, 31);
    const int32_t r_b = tin_saturating_shift(x, zeros_b);
    const int32_t power_b = tin_saturating_add(tin_saturating_shift(12 - zeros_b, 31 - whole), -quarter);
    const int32_t r = r_a < r_b ? r_a : r_b, power = power_a > power_b ? power_a : power_b;
    const int32_t p = tin_rounding_half_sum(r, fourth_root), half_q = tin_wrap_sub(r, fourth_root);
    const int32_t q = tin_wrap_add(half_q, half_q), square = tin_doubling_high_mul(q, q);
    const int32_t numerator =
        tin_wrap_add(tin_doubling_high_mul(q, r), tin_doubling_high_mul(tin_doubling_high_mul(q, square), 117049297));
    const int32_t inner = tin_wrap_add(tin_wrap_add(1057819769, q), tin_doubling_high_mul(127690142, square));
    const int32_t denominator = tin_wrap_add(tin_doubling_high_mul(p, inner), tin_doubling_high_mul(638450708, q));
    const int32_t fraction = tin_doubling_high_mul(tin_rounding_divide(numerator, whole), tin_one_over_one_plus(denominator));
    return tin_saturating_shift(tin_wrap_add(tin_doubling_high_mul(power, 1488522236), fraction), 1);
}

#define LOG_SOFTMAX(suffix, T, lowest, highest)                                                                      \
    void tin_log_softmax_##suffix(const T* x, T* y, int64_t rows, int64_t depth, const tin_softmax_scale* s) {       \
        for (int64_t row = 0; row < rows; ++row, x += depth, y += depth) {                                           \
            int32_t max = INT32_MIN, sum = 0;                                                                        \
            LARGEST(x, depth, max);                                                                                  \
            for (int64_t c = 0; c < depth; ++c)                                                                      \
                if (x[c] - max >= s->diff_min)                                                                       \
                    sum = tin_wrap_add(sum, tin_rounding_divide(exponential(x[c] - max, s->input), 12));             \
            const int32_t log_sum = logarithm(sum);                                                                  \
            const int32_t reachable = tin_scale(tin_wrap_add(log_sum, INT32_MIN), s->reverse);                       \
            const int32_t least = s->diff_min - 1 > reachable ? s->diff_min - 1 : reachable;                         \
            for (int64_t c = 0; c < depth; ++c) {                                                                    \
                int32_t v = lowest;                                                                                  \
                if (x[c] - max > least)                                                                              \
                    v = (highest) + tin_rounding_divide(tin_wrap_sub(tin_scale(x[c] - max, s->input), log_sum), 22); \
                y[c] = (T)tin_limit(v, lowest, highest);                                                             \
            }                                                                                                        \
        }                                                                                                            \
    }
LOG_SOFTMAX(qi8, int8_t, INT8_MIN, INT8_MAX)
LOG_SOFTMAX(qu8, uint8_t, 0, UINT8_MAX)

/* In 8 bits the factor 128 is 2^7 of the multiplier's shift; the unsigned kernel applies it to the operand. */
#define L2_NORMALIZATION(suffix, T, zero_y, lowest, highest, before, after)                                          \
    void tin_l2_normalization_##suffix(const T* x, T* y, int64_t rows, int64_t depth, int32_t zero_x) {              \
        for (int64_t row = 0; row < rows; ++row, x += depth, y += depth) {                                           \
            int32_t sum = 0;                                                                                         \
            for (int64_t c = 0; c < depth; ++c) sum = tin_wrap_add(sum, tin_wrap_mul(x[c] - zero_x, x[c] - zero_x)); \
            tin_multiplier m = tin_inverse_sqrt(sum);                                                                \
            m.shift += after;                                                                                        \
            for (int64_t c = 0; c < depth; ++c)                                                                      \
                y[c] = (T)tin_limit((zero_y) + tin_scale((before) * (x[c] - zero_x), m), lowest, highest);           \
        }                                                                                                            \
    }
L2_NORMALIZATION(qi8, int8_t, 0, INT8_MIN, INT8_MAX, 1, 7)
L2_NORMALIZATION(qu8, uint8_t, 128, 0, UINT8_MAX, 128, 0)
