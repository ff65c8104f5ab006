#include "kernel/hybrid.h"

#include <math.h>
#include <string.h>

#include "kernel/integer_sum.h"

/* The range of x and 0. */
static void range(const float* x, int64_t n, float* least, float* most) {
    *least = *most = 0.0f;
    for (int64_t i = 0; i < n; ++i) {
        if (x[i] < *least) *least = x[i];
        if (x[i] > *most) *most = x[i];
    }
}

/* LiteRT adds a half and cuts off where it takes eight numbers at a time, which differs just below a half, and rounds what is left
 * over exactly. What has no defined value there becomes an end of the range. */
void tin_store_row(const float* x, int64_t n, const tin_row_scale* s, int8_t* y) {
    const int64_t eights = n - n % 8;
    if (s->flat) {
        memset(y, 0, (size_t)n);
        return;
    }
    for (int64_t i = 0; i < n; ++i) {
        const float v = x[i] * s->inverse;
        const float nearest = i < eights ? truncf(v + (v < 0.0f ? -0.5f : 0.5f)) : roundf(v);
        const int32_t steps = nearest > 512.0f ? 512 : nearest >= -512.0f ? (int32_t)nearest : -512;
        y[i] = (int8_t)tin_limit(steps + s->zero, s->low, 127);
    }
}

tin_row_scale tin_symmetric_scale(float least, float most) {
    const float reach = -least > most ? -least : most;
    const tin_row_scale flat = {1.0f, 0.0f, 0, -127, 1};
    const tin_row_scale s = {reach / 127.0f, 127.0f / reach, 0, -127, 0};
    return reach == 0.0f ? flat : s;
}

tin_row_scale tin_asymmetric_scale(float least, float most) {
    const tin_row_scale flat = {1.0f, 0.0f, 0, -128, 1};
    const double step = (double)(most - least) / 255.0, low = (double)least / step, high = (double)most / step;
    const double zero = 128.0 + fabs(low) < 127.0 + fabs(high) ? -128.0 - low : 127.0 - high;
    const int32_t whole = !(zero > -128.0) ? -128 : zero >= 127.0 ? 127 : (int32_t)round(zero); /* not a number: -128 */
    const tin_row_scale s = {(float)step, 1.0f / (float)step, whole, -128, 0};
    return least == most ? flat : s;
}

float tin_quantise_symmetric(const float* x, int64_t n, int8_t* y) {
    float least, most;
    range(x, n, &least, &most);
    const tin_row_scale s = tin_symmetric_scale(least, most);
    tin_store_row(x, n, &s, y);
    return s.scale;
}

float tin_quantise_asymmetric(const float* x, int64_t n, int8_t* y, int32_t* zero_point) {
    float least, most;
    range(x, n, &least, &most);
    const tin_row_scale s = tin_asymmetric_scale(least, most);
    tin_store_row(x, n, &s, y);
    *zero_point = s.zero;
    return s.scale;
}

void tin_fully_connected_hybrid(const int8_t* x, const int8_t* weights, const float* bias, int64_t in, int64_t out,
                                const tin_hybrid_sum* q, float* y) {
    for (int64_t o = 0; o < out; ++o) {
        int32_t sum = 0;
        tin_add1_hybrid(x, weights + o * in, in, q, &sum);
        y[o] = tin_result_hybrid(sum, bias, q, o);
    }
}
