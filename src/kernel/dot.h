/* Sums of products, in eight lanes so that compilers vectorise them without reassociating anything. */
#ifndef TIN_KERNEL_DOT_H
#define TIN_KERNEL_DOT_H
#include <stdint.h>

static inline float tin_add_lanes(const float* lane) {
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

/* lane[i % 8] += a[i] * b[i] */
static inline void tin_dot_lanes_f32(const float* a, const float* b, int64_t n, float* lane) {
    float sum[8];
    int64_t i = 0;
    for (int l = 0; l < 8; ++l) sum[l] = lane[l];
    for (; i + 8 <= n; i += 8)
        for (int l = 0; l < 8; ++l) sum[l] += a[i + l] * b[i + l];
    for (int l = 0; l < 8; ++l)
        if (i + l < n) sum[l] += a[i + l] * b[i + l];
    for (int l = 0; l < 8; ++l) lane[l] = sum[l];
}

static inline float tin_dot_f32(const float* a, const float* b, int64_t n) {
    float lane[8] = {0};
    tin_dot_lanes_f32(a, b, n, lane);
    return tin_add_lanes(lane);
}
#endif
