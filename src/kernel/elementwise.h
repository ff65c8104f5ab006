/* Macros from which the elementwise kernels are made. Element types go by their suffix: f32, i8, ..., u64, bool (a byte). */
#ifndef TIN_KERNEL_ELEMENTWISE_H
#define TIN_KERNEL_ELEMENTWISE_H

#include "kernel/tensor.h"

/* X(name, suffix, T, W): W is the unsigned type in which sums and products of T wrap around without undefined behaviour. */
#define TIN_EACH_SIGNED(X, name)    \
    X(name, i8, int8_t, uint32_t)   \
    X(name, i16, int16_t, uint32_t) \
    X(name, i32, int32_t, uint32_t) \
    X(name, i64, int64_t, uint64_t)
#define TIN_EACH_UNSIGNED(X, name)   \
    X(name, u8, uint8_t, uint32_t)   \
    X(name, u16, uint16_t, uint32_t) \
    X(name, u32, uint32_t, uint32_t) \
    X(name, u64, uint64_t, uint64_t)
#define TIN_EACH_INTEGER(X, name) TIN_EACH_SIGNED(X, name) TIN_EACH_UNSIGNED(X, name)
#define TIN_EACH_NUMBER(X, name) X(name, f32, float, float) TIN_EACH_INTEGER(X, name)

/* Declarations: y[i] = f(x[i]) over n elements; y = f(a, b) with broadcasting as the walk says. */
#define TIN_DECLARE_UNARY(name, suffix, T, W) void tin_##name##_##suffix(const T* x, T* y, int64_t n);
#define TIN_DECLARE_BINARY(name, suffix, T, W) void tin_##name##_##suffix(const T* a, const T* b, T* y, const tin_walk* walk);
#define TIN_DECLARE_COMPARE(name, suffix, T, W) \
    void tin_##name##_##suffix(const T* a, const T* b, uint8_t* y, const tin_walk* walk);

/* Definitions from an expression in x. */
#define TIN_UNARY(name, T, R, expression)              \
    void tin_##name(const T* input, R* y, int64_t n) { \
        for (int64_t i = 0; i < n; ++i) {              \
            const T x = input[i];                      \
            y[i] = (R)(expression);                    \
        }                                              \
    }

/* Definitions from an expression in a and b. Within a row each input either advances by one or stays (walks are made so),
 * which leaves three loops that a compiler can vectorise. */
#define TIN_BINARY(name, T, R, expression)                                                                            \
    void tin_##name(const T* left, const T* right, R* y, const tin_walk* walk) {                                      \
        const int64_t n = walk->dim[walk->rank - 1];                                                                  \
        const int advance_a = walk->stride[0][walk->rank - 1] != 0, advance_b = walk->stride[1][walk->rank - 1] != 0; \
        tin_cursor at = {{0}, {0}};                                                                                   \
        do {                                                                                                          \
            const T *p = left + at.offset[0], *q = right + at.offset[1];                                              \
            if (advance_a && advance_b) {                                                                             \
                for (int64_t i = 0; i < n; ++i) {                                                                     \
                    const T a = p[i], b = q[i];                                                                       \
                    y[i] = (R)(expression);                                                                           \
                }                                                                                                     \
            } else if (advance_a) {                                                                                   \
                const T b = *q;                                                                                       \
                for (int64_t i = 0; i < n; ++i) {                                                                     \
                    const T a = p[i];                                                                                 \
                    y[i] = (R)(expression);                                                                           \
                }                                                                                                     \
            } else {                                                                                                  \
                const T a = *p;                                                                                       \
                for (int64_t i = 0; i < n; ++i) {                                                                     \
                    const T b = q[i];                                                                                 \
                    y[i] = (R)(expression);                                                                           \
                }                                                                                                     \
            }                                                                                                         \
            y += n;                                                                                                   \
        } while (tin_next_row(walk, &at));                                                                            \
    }

#endif
