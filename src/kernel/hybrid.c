#include "kernel/hybrid.h"

#include <math.h>
#include <string.h>

#include "kernel/integer_sum.h"

static void range(const float* x, int64_t n, float* least, float* most) {
    *least = *most = n > 0 ? x[0] : 0.0f;
    for (int64_t i = 1; i < n; ++i) {
        if (x[i] < *least) *least = x[i];
        if (x[i] > *most) *most = x[i];
    }
}

/* Not-a-numbers and infinities, for which TFLite has no defined value, become an end of the range. */
static int8_t stored(float v, int32_t low) { return (int8_t)(v > 127.0f ? 127 : v >= (float)low ? (int32_t)v : low); }

float tin_quantise_symmetric(const float* x, int64_t n, int8_t* y) {
    float least, most;
    range(x, n, &least, &most);
    const float reach = fabsf(least) > fabsf(most) ? fabsf(least) : fabsf(most);
    if (reach == 0.0f) {
        memset(y, 0, (size_t)n);
        return 1.0f;
    }
    const float inverse = 127.0f / reach;
    for (int64_t i = 0; i < n; ++i) y[i] = stored(roundf(x[i] * inverse), -127);
    return reach / 127.0f;
}

float tin_quantise_asymmetric(const float* x, int64_t n, int8_t* y, int32_t* zero_point) {
    float least, most;
    range(x, n, &least, &most);
    const double low = least < 0.0f ? (double)least : 0.0, high = most > 0.0f ? (double)most : 0.0;
    if (low == high) {
        memset(y, 0, (size_t)n);
        *zero_point = 0;
        return 1.0f;
    }
    const double step = (high - low) / 255.0;
    const int from_low = 128.0 + fabs(low / step) < 127.0 + fabs(high / step);
    const double zero = from_low ? -128.0 - low / step : 127.0 - high / step;
    *zero_point = zero <= -128.0 ? -128 : zero >= 127.0 ? 127 : (int32_t)round(zero);
    const float scale = (float)step, inverse = 1.0f / scale;
    for (int64_t i = 0; i < n; ++i) y[i] = stored(roundf((float)*zero_point + x[i] * inverse), -128);
    return scale;
}

void tin_fully_connected_hybrid(const int8_t* x, const int8_t* weights, const float* bias, int64_t in, int64_t out,
                                const tin_hybrid_sum* q, float* y) {
    for (int64_t o = 0; o < out; ++o) {
        int32_t sum = 0;
        tin_add1_hybrid(x, weights + o * in, in, q, &sum);
        y[o] = tin_result_hybrid(sum, bias, q, o);
    }
}
