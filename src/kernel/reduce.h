#ifndef TIN_KERNEL_REDUCE_H
#define TIN_KERNEL_REDUCE_H
#include "kernel/tensor.h"
#ifdef __cplusplus
extern "C" {
#endif
/* Which elements of x meet in one element of y: kept dimensions (in the order of y) and reduced ones, with strides in x. */
typedef struct {
    int32_t kept_rank, reduced_rank;
    int64_t kept[TIN_MAX_RANK], kept_stride[TIN_MAX_RANK];
    int64_t reduced[TIN_MAX_RANK], reduced_stride[TIN_MAX_RANK];
} tin_reduction;

/* Splits the dimensions of x by `mask` (bit d: dimension d is reduced), merging neighbours of one kind. */
void tin_reduction_of(const tin_shape* x, uint32_t mask, tin_reduction* r);

/* Sum and mean of floats accumulate in double, integers modulo 2^64; the mean of integers rounds towards zero. Nothing reduced
 * gives 0, NaN (floats) or 0 (integers), 1, the lowest and the highest value. NaN wins in max and min. */
#define TIN_REDUCE(D, T)                                                \
    void tin_reduce_sum_##D(const T* x, T* y, const tin_reduction* r);  \
    void tin_reduce_mean_##D(const T* x, T* y, const tin_reduction* r); \
    void tin_reduce_prod_##D(const T* x, T* y, const tin_reduction* r); \
    void tin_reduce_max_##D(const T* x, T* y, const tin_reduction* r);  \
    void tin_reduce_min_##D(const T* x, T* y, const tin_reduction* r);
TIN_REDUCE(f32, float)
TIN_REDUCE(i8, int8_t)
TIN_REDUCE(u8, uint8_t)
TIN_REDUCE(i16, int16_t)
TIN_REDUCE(u16, uint16_t)
TIN_REDUCE(i32, int32_t)
TIN_REDUCE(u32, uint32_t)
TIN_REDUCE(i64, int64_t)
TIN_REDUCE(u64, uint64_t)
#undef TIN_REDUCE

/* Whether any, or every, element is not 0. */
void tin_reduce_any(const uint8_t* x, uint8_t* y, const tin_reduction* r);
void tin_reduce_all(const uint8_t* x, uint8_t* y, const tin_reduction* r);
#ifdef __cplusplus
}
#endif
#endif
