#ifndef TIN_KERNEL_CAST_H
#define TIN_KERNEL_CAST_H
#include "kernel/elementwise.h"
#ifdef __cplusplus
extern "C" {
#endif
/* y[i] = x[i] in another element type. Floats go to integers by truncation, out of range to the nearest bound, NaN to the
 * highest, as LiteRT does; integers wrap around; bool is x != 0. TIN_EACH_CAST(X) is X(from, S, to, T) for every pair of types.
 */
#define TIN_EACH_CAST_FROM(X, from, S) \
    X(from, S, f32, float)             \
    X(from, S, i8, int8_t)             \
    X(from, S, i16, int16_t)           \
    X(from, S, i32, int32_t)           \
    X(from, S, i64, int64_t)           \
    X(from, S, u8, uint8_t) X(from, S, u16, uint16_t) X(from, S, u32, uint32_t) X(from, S, u64, uint64_t)
#define TIN_EACH_CAST(X)                 \
    TIN_EACH_CAST_FROM(X, f32, float)    \
    TIN_EACH_CAST_FROM(X, i8, int8_t)    \
    TIN_EACH_CAST_FROM(X, i16, int16_t)  \
    TIN_EACH_CAST_FROM(X, i32, int32_t)  \
    TIN_EACH_CAST_FROM(X, i64, int64_t)  \
    TIN_EACH_CAST_FROM(X, u8, uint8_t)   \
    TIN_EACH_CAST_FROM(X, u16, uint16_t) \
    TIN_EACH_CAST_FROM(X, u32, uint32_t) TIN_EACH_CAST_FROM(X, u64, uint64_t) TIN_EACH_CAST_FROM(X, bool, uint8_t)
#define TIN_DECLARE_CAST(from, S, to, T) void tin_cast_##from##_##to(const void* x, void* y, int64_t n);
TIN_EACH_CAST(TIN_DECLARE_CAST)
#define TIN_DECLARE_CAST_TO_BOOL(name, from, S, W) void tin_cast_##from##_bool(const void* x, void* y, int64_t n);
TIN_EACH_NUMBER(TIN_DECLARE_CAST_TO_BOOL, )
void tin_cast_bool_bool(const void* x, void* y, int64_t n);
void tin_cast_f16_f32(const void* x, void* y, int64_t n); /* IEEE 754 half, exact */
#ifdef __cplusplus
}
#endif
#endif
