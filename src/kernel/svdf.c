#include "kernel/svdf.h"

#include "kernel/dot.h"

void tin_svdf_features_f32(const tin_svdf* s, const float* x, const float* weights, float* seen) {
    for (int64_t b = 0; b < s->batch; ++b)
        for (int64_t f = 0; f < s->filters; ++f)
            seen[b * s->filters + f] = tin_dot_f32(weights + f * s->in, x + b * s->in, s->in);
}

void tin_svdf_shift_f32(const tin_svdf* s, const float* state, const float* seen, float* next) {
    for (int64_t row = 0; row < s->batch * s->filters; ++row, state += s->memory, next += s->memory) {
        for (int64_t m = 0; m + 1 < s->memory; ++m) next[m] = state[m + 1];
        next[s->memory - 1] = seen[row];
    }
}

void tin_svdf_time_f32(const tin_svdf* s, const float* state, const float* weights, const float* bias, tin_gate activation,
                       float* y) {
    const int64_t units = s->filters / s->rank;
    for (int64_t b = 0; b < s->batch; ++b)
        for (int64_t u = 0; u < units; ++u) {
            float sum = 0.0f;
            for (int64_t f = u * s->rank; f < (u + 1) * s->rank; ++f)
                sum += tin_dot_f32(weights + f * s->memory, state + (b * s->filters + f) * s->memory, s->memory);
            y[b * units + u] = sum + (bias ? bias[u] : 0.0f);
        }
    tin_gate_f32(y, y, s->batch * units, activation);
}

/* weights . (x - zero), in the state's scale. */
static int16_t seen_i8(const tin_svdf* s, const int8_t* x, const int8_t* weights, const tin_svdf_scales* q) {
    int32_t sum = 0;
    for (int64_t i = 0; i < s->in; ++i) sum = tin_wrap_add(sum, weights[i] * (x[i] - q->x_zero));
    return (int16_t)tin_limit(tin_scale(sum, q->seen), INT16_MIN, INT16_MAX);
}

void tin_svdf_i8(const tin_svdf* s, const int8_t* x, const int8_t* features, const int16_t* time, const int32_t* bias,
                 const int16_t* state, const tin_svdf_scales* q, int16_t* next, int8_t* y) {
    const int64_t units = s->filters / s->rank;
    for (int64_t b = 0; b < s->batch; ++b)
        for (int64_t f = 0; f < s->filters; ++f) {
            const int64_t at = (b * s->filters + f) * s->memory;
            for (int64_t m = 0; m + 1 < s->memory; ++m) next[at + m] = state[at + m + 1];
            next[at + s->memory - 1] = seen_i8(s, x + b * s->in, features + f * s->in, q);
        }
    for (int64_t b = 0; b < s->batch; ++b)
        for (int64_t u = 0; u < units; ++u) {
            int32_t sum = bias ? bias[u] : 0;
            for (int64_t f = u * s->rank; f < (u + 1) * s->rank; ++f) {
                const int16_t* memory = next + (b * s->filters + f) * s->memory;
                for (int64_t m = 0; m < s->memory; ++m) sum = tin_wrap_add(sum, time[f * s->memory + m] * memory[m]);
            }
            y[b * units + u] = (int8_t)tin_limit(tin_wrap_add(tin_scale(sum, q->y), q->y_zero), q->low, q->high);
        }
}
