/* Elementwise operators on stored integers (suffix q and the type), with the arithmetic of TFLite's reference kernels. */
#ifndef TIN_KERNEL_QUANTISED_H
#define TIN_KERNEL_QUANTISED_H
#include "kernel/fixed_point.h"
#include "kernel/tensor.h"
#ifdef __cplusplus
extern "C" {
#endif
/* X(name, suffix, T) for each type of stored activations. */
#define TIN_EACH_STORED(X, name) X(name, qi8, int8_t) X(name, qu8, uint8_t) X(name, qi16, int16_t)

/* Two operands: their zero points and factors and those of the result, which is kept in [low, high]. `shift` moves operands to
 * the left first, so that their factors (at most 1) cost no precision. */
typedef struct {
    int32_t zero_a, zero_b, zero_y;
    tin_multiplier a, b, y;
    int32_t shift, low, high;
} tin_binary;

#define TIN_DECLARE_QUANTISED(name, suffix, T) \
    void tin_##name##_##suffix(const T* a, const T* b, T* y, const tin_walk* walk, const tin_binary* q);
/* ((a - zero_a) * 2^shift * q.a +- (b - zero_b) * 2^shift * q.b) * q.y + zero_y; the square of the difference */
TIN_EACH_STORED(TIN_DECLARE_QUANTISED, add)
TIN_EACH_STORED(TIN_DECLARE_QUANTISED, sub)
TIN_EACH_STORED(TIN_DECLARE_QUANTISED, squared_difference)
/* (a - zero_a) * (b - zero_b) * q.y + zero_y */
TIN_EACH_STORED(TIN_DECLARE_QUANTISED, mul)
/* (a - zero_a) / (b - zero_b) * q.y + zero_y, the quotient by way of the reciprocal. b = zero_b gives something in the range. */
TIN_EACH_STORED(TIN_DECLARE_QUANTISED, div)
/* (a - zero_a) * q.a + zero_y, or (a - zero_a) * (b - zero_b) * q.b + zero_y where a < zero_a. Slopes of 16-bit activations
 * have 8 bits. */
TIN_DECLARE_QUANTISED(prelu, qi8, int8_t)
TIN_DECLARE_QUANTISED(prelu, qu8, uint8_t)
void tin_prelu_qi16(const int16_t* a, const int8_t* b, int16_t* y, const tin_walk* walk, const tin_binary* q);

#define TIN_DECLARE_QUANTISED_COMPARE(name, suffix, T) \
    void tin_##name##_##suffix(const T* a, const T* b, uint8_t* y, const tin_walk* walk, const tin_binary* q);
/* Compares (a - zero_a) * 2^shift * q.a with (b - zero_b) * 2^shift * q.b: 0 or 1. */
TIN_EACH_STORED(TIN_DECLARE_QUANTISED_COMPARE, equal)
TIN_EACH_STORED(TIN_DECLARE_QUANTISED_COMPARE, not_equal)
TIN_DECLARE_QUANTISED_COMPARE(less, qi8, int8_t)
TIN_DECLARE_QUANTISED_COMPARE(less, qu8, uint8_t)
TIN_DECLARE_QUANTISED_COMPARE(less_or_equal, qi8, int8_t)
TIN_DECLARE_QUANTISED_COMPARE(less_or_equal, qu8, uint8_t)
TIN_DECLARE_QUANTISED_COMPARE(greater, qi8, int8_t)
TIN_DECLARE_QUANTISED_COMPARE(greater, qu8, uint8_t)
TIN_DECLARE_QUANTISED_COMPARE(greater_or_equal, qi8, int8_t)
TIN_DECLARE_QUANTISED_COMPARE(greater_or_equal, qu8, uint8_t)

/* y[i] = table[x[i] as an unsigned byte]: every function of one 8-bit operand. */
void tin_lookup_8(const uint8_t* x, uint8_t* y, int64_t n, const uint8_t* table);
/* The table has 513 samples over the range of x; between them, linear interpolation in 7 bits. */
void tin_lookup_16(const int16_t* x, int16_t* y, int64_t n, const int16_t* table);

/* One 16-bit operand: (x - zero_x) * positive + zero_y, or with the factor `negative` below zero_x, kept in [low, high]. A
 * negative factor negates the rounded product with its absolute value. */
typedef struct {
    int32_t zero_x, zero_y;
    tin_multiplier positive, negative;
    int32_t low, high;
} tin_rescale;
void tin_rescale_qi16(const int16_t* x, int16_t* y, int64_t n, const tin_rescale* q);
/* |x - zero_x| * positive + zero_y */
void tin_abs_qi16(const int16_t* x, int16_t* y, int64_t n, const tin_rescale* q);
/* 1 / sqrt(x - zero_x) * positive + zero_y; the highest value where x <= zero_x. */
void tin_rsqrt_qi16(const int16_t* x, int16_t* y, int64_t n, const tin_rescale* q);
/* From one stored type to another. */
#define TIN_DECLARE_REQUANTISE(from, F, to, T) \
    void tin_requantise_##from##_##to(const F* x, T* y, int64_t n, const tin_rescale* q);
#define TIN_EACH_REQUANTISE(X)     \
    X(qi8, int8_t, qi16, int16_t)  \
    X(qu8, uint8_t, qi16, int16_t) \
    X(qi16, int16_t, qi8, int8_t)  \
    X(qi16, int16_t, qu8, uint8_t) \
    X(qi16, int16_t, i32, int32_t) \
    X(qi8, int8_t, i32, int32_t)   \
    X(i32, int32_t, qi8, int8_t)   \
    X(i32, int32_t, qi16, int16_t)
TIN_EACH_REQUANTISE(TIN_DECLARE_REQUANTISE)

/* The logistic function and the hyperbolic tangent of x * factor / 2^shift / (3 * 2^12) in 16 bits, by interpolation in a table
 * of 256 samples. The result's scale is 1/32768. */
void tin_sigmoid_qi16(const int16_t* x, int16_t* y, int64_t n, int32_t factor, int32_t shift);
void tin_tanh_qi16(const int16_t* x, int16_t* y, int64_t n, int32_t factor, int32_t shift);
#ifdef __cplusplus
}
#endif
#endif
