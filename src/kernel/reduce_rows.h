/* The loop from which the reductions are made. */
#ifndef TIN_KERNEL_REDUCE_ROWS_H
#define TIN_KERNEL_REDUCE_ROWS_H
#include "kernel/reduce.h"

/* Up to TIN_REDUCE_BLOCK outputs that lie next to each other along the last kept dimension are accumulated together, so that x
 * is read in the order of memory whichever dimensions are reduced. Reduced dimensions are stored innermost first. STEP is made of
 * the accumulated a and the element v, RESULT of a and `count`. */
#define TIN_REDUCE_BLOCK 32

#define TIN_REDUCE_ROWS(name, T, A, START, STEP, RESULT) \
    TIN_REDUCE_SCALED(name, (const T* x, T* y, const tin_reduction* r), T, A, START, STEP, RESULT)
#define TIN_REDUCE_SCALED(name, PARAMETERS, T, A, START, STEP, RESULT)                                                 \
    void name PARAMETERS {                                                                                             \
        const int32_t last = r->kept_rank - 1;                                                                         \
        const int64_t width = last < 0 ? 1 : r->kept[last], step = last < 0 ? 0 : r->kept_stride[last];                \
        const int64_t depth = r->reduced_rank > 0 ? r->reduced[0] : 1;                                                 \
        const int64_t down = r->reduced_rank > 0 ? r->reduced_stride[0] : 0;                                           \
        int64_t rows = 1, rest = 1;                                                                                    \
        for (int32_t d = 0; d < last; ++d) rows *= r->kept[d];                                                         \
        for (int32_t d = 1; d < r->reduced_rank; ++d) rest *= r->reduced[d];                                           \
        const int64_t count = rest * depth;                                                                            \
        (void)count;                                                                                                   \
        for (int64_t row = 0; row < rows; ++row) {                                                                     \
            const T* base = x;                                                                                         \
            for (int64_t d = last - 1, i = row; d >= 0; i /= r->kept[d--]) base += i % r->kept[d] * r->kept_stride[d]; \
            for (int64_t first = 0; first < width; first += TIN_REDUCE_BLOCK) {                                        \
                const int64_t n = width - first < TIN_REDUCE_BLOCK ? width - first : TIN_REDUCE_BLOCK;                 \
                A acc[TIN_REDUCE_BLOCK];                                                                               \
                for (int64_t j = 0; j < n; ++j) acc[j] = START;                                                        \
                for (int64_t k = 0; k < rest; ++k) {                                                                   \
                    const T* from = base + first * step;                                                               \
                    int64_t i = k;                                                                                     \
                    for (int32_t d = 1; d < r->reduced_rank; i /= r->reduced[d++])                                     \
                        from += i % r->reduced[d] * r->reduced_stride[d];                                              \
                    for (int64_t q = 0; q < depth; ++q, from += down)                                                  \
                        for (int64_t j = 0; j < n; ++j) {                                                              \
                            const T v = from[j * step];                                                                \
                            const A a = acc[j];                                                                        \
                            acc[j] = STEP;                                                                             \
                        }                                                                                              \
                }                                                                                                      \
                for (int64_t j = 0; j < n; ++j) {                                                                      \
                    const A a = acc[j];                                                                                \
                    *y++ = (T)(RESULT);                                                                                \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
    }
#endif
