/* A layer of filters that are products of a vector over the features and one over time (singular value decomposition). The state holds,
 * for each sample and filter, what the feature vector gave in the last steps, the newest last. */
#ifndef TIN_KERNEL_SVDF_H
#define TIN_KERNEL_SVDF_H
#include "kernel/fixed_point.h"
#include "kernel/lstm.h"
#ifdef __cplusplus
extern "C" {
#endif
typedef struct {
    int64_t batch, in, filters, memory, rank; /* `rank` filters in a row make one unit */
} tin_svdf;

/* next = state without the oldest number of each filter, and seen [batch, filters] behind the rest; both [batch, filters, memory]. */
void tin_svdf_shift_f32(const tin_svdf* s, const float* state, const float* seen, float* next);
/* seen = weights x; weights [filters, in]. */
void tin_svdf_features_f32(const tin_svdf* s, const float* x, const float* weights, float* seen);
/* y[b,u] = activation(bias[u] + sum over the filters of u of weights . state); weights [filters, memory], bias [units] or null. */
void tin_svdf_time_f32(const tin_svdf* s, const float* state, const float* weights, const float* bias, tin_gate activation,
                       float* y);

/* On stored integers: i8 x, y and feature weights, i16 state and time weights, i32 bias, as TFLite Micro computes them. */
typedef struct {
    int32_t x_zero, y_zero, low, high;
    tin_multiplier seen, y; /* to the state's scale, and from there to y's */
} tin_svdf_scales;
void tin_svdf_i8(const tin_svdf* s, const int8_t* x, const int8_t* features, const int16_t* time, const int32_t* bias,
                 const int16_t* state, const tin_svdf_scales* q, int16_t* next, int8_t* y);
#ifdef __cplusplus
}
#endif
#endif
