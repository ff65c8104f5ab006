/* Operators that walk along one axis. */
#ifndef TIN_KERNEL_SEQUENCE_H
#define TIN_KERNEL_SEQUENCE_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
/* x and y [outer, extent, inner]. */
typedef struct {
    int64_t outer, extent, inner;
    int32_t exclusive, reverse;
} tin_cumulative;
/* Running sums along the extent. Integers wrap, so signed ones go through the unsigned kernels. */
void tin_cum_sum_f32(const float* x, float* y, const tin_cumulative* s);
void tin_cum_sum_u8(const uint8_t* x, uint8_t* y, const tin_cumulative* s);
void tin_cum_sum_u16(const uint16_t* x, uint16_t* y, const tin_cumulative* s);
void tin_cum_sum_u32(const uint32_t* x, uint32_t* y, const tin_cumulative* s);
void tin_cum_sum_u64(const uint64_t* x, uint64_t* y, const tin_cumulative* s);

/* tin_top_k: for each of `rows` rows of n, the k <= n largest elements falling, and their indices. Of equal elements the one
 * with the lower index comes first; NaN is smaller than anything. tin_arg: y[o, i] = the first j where x[o, j, i] is largest
 * (or smallest), x being [outer, extent >= 1, inner]. */
#define TIN_SEQUENCE(D, T)                                                                           \
    void tin_top_k_##D(const T* x, T* values, int32_t* indices, int64_t rows, int64_t n, int64_t k); \
    void tin_arg_##D(const T* x, int64_t* y, int64_t outer, int64_t extent, int64_t inner, int32_t largest);
TIN_SEQUENCE(f32, float)
TIN_SEQUENCE(i8, int8_t)
TIN_SEQUENCE(u8, uint8_t)
TIN_SEQUENCE(i16, int16_t)
TIN_SEQUENCE(u16, uint16_t)
TIN_SEQUENCE(i32, int32_t)
TIN_SEQUENCE(u32, uint32_t)
TIN_SEQUENCE(i64, int64_t)
TIN_SEQUENCE(u64, uint64_t)
#undef TIN_SEQUENCE
#ifdef __cplusplus
}
#endif
#endif
