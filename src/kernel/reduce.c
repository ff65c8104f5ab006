#include "kernel/reduce.h"

#include <math.h>

void tin_reduction_of(const tin_shape* x, uint32_t mask, tin_reduction* r) {
    int64_t stride = 1;
    int32_t kind = -1; /* of the dimension to the right */
    r->kept_rank = r->reduced_rank = 0;
    for (int32_t d = x->rank - 1; d >= 0; --d) { /* collected from the right, turned around below */
        const int64_t n = x->dim[d];
        if (n == 1) continue;
        const int32_t reduced = (int32_t)(mask >> d & 1u);
        int64_t* extents = reduced ? r->reduced : r->kept;
        int64_t* strides = reduced ? r->reduced_stride : r->kept_stride;
        int32_t* rank = reduced ? &r->reduced_rank : &r->kept_rank;
        if (kind == reduced) {
            extents[*rank - 1] *= n;
        } else {
            extents[*rank] = n;
            strides[(*rank)++] = stride;
        }
        kind = reduced;
        stride *= n;
    }
    for (int32_t i = 0, j = r->kept_rank - 1; i < j; ++i, --j) {
        int64_t t = r->kept[i];
        r->kept[i] = r->kept[j];
        r->kept[j] = t;
        t = r->kept_stride[i];
        r->kept_stride[i] = r->kept_stride[j];
        r->kept_stride[j] = t;
    }
}

/* Up to BLOCK outputs that lie next to each other along the last kept dimension are accumulated together, so that x is read in
 * the order of memory whichever dimensions are reduced. Reduced dimensions are stored innermost first. */
#define BLOCK 32

#define REDUCE(name, T, A, START, STEP, RESULT)                                                                        \
    void name(const T* x, T* y, const tin_reduction* r) {                                                              \
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
            for (int64_t first = 0; first < width; first += BLOCK) {                                                   \
                const int64_t n = width - first < BLOCK ? width - first : BLOCK;                                       \
                A acc[BLOCK];                                                                                          \
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

REDUCE(tin_reduce_sum_f32, float, double, 0, a + (double)v, a)
REDUCE(tin_reduce_mean_f32, float, double, 0, a + (double)v, a / (double)count)
REDUCE(tin_reduce_prod_f32, float, double, 1, a*(double)v, a)
REDUCE(tin_reduce_max_f32, float, float, -INFINITY, v > a || v != v ? v : a, a)
REDUCE(tin_reduce_min_f32, float, float, INFINITY, v < a || v != v ? v : a, a)

/* Wide is int64_t or uint64_t: what the quotient of the mean is taken in. */
#define REDUCE_INTEGER(D, T, Wide, LOW, HIGH)                                                             \
    REDUCE(tin_reduce_sum_##D, T, uint64_t, 0, a + (uint64_t)v, a)                                        \
    REDUCE(tin_reduce_mean_##D, T, uint64_t, 0, a + (uint64_t)v, count ? (Wide)a / (Wide)count : (Wide)0) \
    REDUCE(tin_reduce_prod_##D, T, uint64_t, 1, a*(uint64_t)v, a)                                         \
    REDUCE(tin_reduce_max_##D, T, T, LOW, v > a ? v : a, a)                                               \
    REDUCE(tin_reduce_min_##D, T, T, HIGH, v < a ? v : a, a)
REDUCE_INTEGER(i8, int8_t, int64_t, INT8_MIN, INT8_MAX)
REDUCE_INTEGER(u8, uint8_t, uint64_t, 0, UINT8_MAX)
REDUCE_INTEGER(i16, int16_t, int64_t, INT16_MIN, INT16_MAX)
REDUCE_INTEGER(u16, uint16_t, uint64_t, 0, UINT16_MAX)
REDUCE_INTEGER(i32, int32_t, int64_t, INT32_MIN, INT32_MAX)
REDUCE_INTEGER(u32, uint32_t, uint64_t, 0, UINT32_MAX)
REDUCE_INTEGER(i64, int64_t, int64_t, INT64_MIN, INT64_MAX)
REDUCE_INTEGER(u64, uint64_t, uint64_t, 0, UINT64_MAX)

REDUCE(tin_reduce_any, uint8_t, uint8_t, 0, (uint8_t)(a || v), a)
REDUCE(tin_reduce_all, uint8_t, uint8_t, 1, (uint8_t)(a&& v), a)
