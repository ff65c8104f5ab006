#include <math.h>

#include "kernel/integer_sum.h"
#include "kernel/mat_mul_integer.h"

/* Calls add4 and add1 for the sums of one row of x with each row of the weights, then `result` for each of them. */
#define FULLY_CONNECTED(X, SUM, add4, add1, result)                   \
    for (int64_t r = 0; r < d->rows; ++r, x += d->in, y += d->out)    \
        for (int64_t o = 0, next; o < d->out; o = next) {             \
            const int four = o + 4 <= d->out;                         \
            SUM sum[4] = {0, 0, 0, 0};                                \
            next = four ? o + 4 : o + 1;                              \
            if (four)                                                 \
                add4;                                                 \
            else                                                      \
                add1;                                                 \
            for (int64_t j = 0; j < next - o; ++j) y[o + j] = result; \
        }

void tin_fully_connected_i8(const tin_dense* d, const int8_t* x, const int8_t* weights, const int32_t* bias,
                            const tin_weighted_sum* q, int8_t* y){
    FULLY_CONNECTED(int8_t, int32_t, tin_dot4_i8(x, q->x_zero, weights + o * d->in, q->weights_zero, d->in, d->in, sum),
                    tin_dot1_i8(x, q->x_zero, weights + o * d->in, q->weights_zero, d->in, sum),
                    tin_result_i8(sum[j], bias, q, o + j))}
#define WIDE(S, B)                                                                                                   \
    void tin_fully_connected_##S(const tin_dense* d, const int16_t* x, const int8_t* weights, const B* bias,         \
                                 const tin_weighted_sum* q, int16_t* y) {                                            \
        FULLY_CONNECTED(int16_t, int64_t, tin_add4_##S(x, weights + o * d->in, d->in, d->in, q, sum),                \
                        tin_add1_##S(x, weights + o * d->in, d->in, q, sum), tin_result_##S(sum[j], bias, q, o + j)) \
    }
WIDE(i16, int64_t) WIDE(i16_b32, int32_t)

    static int32_t rounded(int32_t sum, double scale, const tin_weighted_sum* q) {
    const double v = round((double)sum * scale);
    return tin_limit(v > 1e9 ? 1000000000 : v < -1e9 ? -1000000000 : (int32_t)v + q->y_zero, q->low, q->high);
}

void tin_fully_connected_u8(const tin_dense* d, const uint8_t* x, const uint8_t* weights, const int32_t* bias, double scale,
                            const tin_weighted_sum* q, uint8_t* y) {
    FULLY_CONNECTED(uint8_t, int32_t, tin_add4_u8(x, weights + o * d->in, d->in, d->in, q, sum),
                    tin_add1_u8(x, weights + o * d->in, d->in, q, sum),
                    (uint8_t)rounded(tin_wrap_add(sum[j], bias ? bias[o + j] : 0), scale, q))
}
