#include "kernel/hard_swish.h"

void tin_hard_swish_f32(const float* x, float* y, int64_t n) {
    for (int64_t i = 0; i < n; ++i) {
        float gate = x[i] + 3.0f;
        gate = gate < 0.0f ? 0.0f : gate > 6.0f ? 6.0f : gate;
        y[i] = x[i] * gate * (1.0f / 6.0f);
    }
}
