#include "kernel/softmax.h"

#include <math.h>

static float largest(const float* x, int64_t n) {
    float max = -INFINITY;
    for (int64_t i = 0; i < n; ++i) max = x[i] > max || x[i] != x[i] ? x[i] : max;
    return max;
}

void tin_softmax_f32(const float* x, float* y, int64_t rows, int64_t n, float beta) {
    for (int64_t r = 0; r < rows; ++r, x += n, y += n) {
        const float max = largest(x, n);
        float sum = 0.0f;
        for (int64_t i = 0; i < n; ++i) sum += y[i] = expf((x[i] - max) * beta);
        for (int64_t i = 0; i < n; ++i) y[i] = y[i] / sum;
    }
}

void tin_log_softmax_f32(const float* x, float* y, int64_t rows, int64_t n) {
    for (int64_t r = 0; r < rows; ++r, x += n, y += n) {
        const float max = largest(x, n);
        float sum = 0.0f;
        for (int64_t i = 0; i < n; ++i) sum += expf(x[i] - max);
        const float log_sum = logf(sum);
        for (int64_t i = 0; i < n; ++i) y[i] = x[i] - max - log_sum;
    }
}

void tin_l2_normalization_f32(const float* x, float* y, int64_t rows, int64_t n) {
    for (int64_t r = 0; r < rows; ++r, x += n, y += n) {
        float sum = 0.0f;
        for (int64_t i = 0; i < n; ++i) sum += x[i] * x[i];
        float norm = sqrtf(sum);
        norm = norm < 1e-6f ? 1e-6f : norm;
        for (int64_t i = 0; i < n; ++i) y[i] = x[i] / norm;
    }
}

void tin_lrn_f32(const float* x, float* y, int64_t rows, int64_t n, int64_t radius, float bias, float alpha, float beta) {
    for (int64_t r = 0; r < rows; ++r, x += n, y += n) {
        for (int64_t i = 0; i < n; ++i) {
            const int64_t from = i > radius ? i - radius : 0, to = radius < n - 1 - i ? i + radius : n - 1;
            float sum = 0.0f;
            for (int64_t j = from; j <= to; ++j) sum += x[j] * x[j];
            y[i] = x[i] * powf(bias + alpha * sum, -beta);
        }
    }
}
