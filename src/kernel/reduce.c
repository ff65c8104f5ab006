#include "kernel/reduce_rows.h"

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

TIN_REDUCE_ROWS(tin_reduce_sum_f32, float, double, 0, a + (double)v, a)
TIN_REDUCE_ROWS(tin_reduce_mean_f32, float, double, 0, a + (double)v, a / (double)count)
TIN_REDUCE_ROWS(tin_reduce_prod_f32, float, double, 1, a*(double)v, a)
TIN_REDUCE_ROWS(tin_reduce_max_f32, float, float, -INFINITY, v > a || v != v ? v : a, a)
TIN_REDUCE_ROWS(tin_reduce_min_f32, float, float, INFINITY, v < a || v != v ? v : a, a)

/* Wide is int64_t or uint64_t: what the quotient of the mean is taken in. */
#define REDUCE_INTEGER(D, T, Wide, LOW, HIGH)                                                                      \
    TIN_REDUCE_ROWS(tin_reduce_sum_##D, T, uint64_t, 0, a + (uint64_t)v, a)                                        \
    TIN_REDUCE_ROWS(tin_reduce_mean_##D, T, uint64_t, 0, a + (uint64_t)v, count ? (Wide)a / (Wide)count : (Wide)0) \
    TIN_REDUCE_ROWS(tin_reduce_prod_##D, T, uint64_t, 1, a*(uint64_t)v, a)                                         \
    TIN_REDUCE_ROWS(tin_reduce_max_##D, T, T, LOW, v > a ? v : a, a)                                               \
    TIN_REDUCE_ROWS(tin_reduce_min_##D, T, T, HIGH, v < a ? v : a, a)
REDUCE_INTEGER(i8, int8_t, int64_t, INT8_MIN, INT8_MAX)
REDUCE_INTEGER(u8, uint8_t, uint64_t, 0, UINT8_MAX)
REDUCE_INTEGER(i16, int16_t, int64_t, INT16_MIN, INT16_MAX)
REDUCE_INTEGER(u16, uint16_t, uint64_t, 0, UINT16_MAX)
REDUCE_INTEGER(i32, int32_t, int64_t, INT32_MIN, INT32_MAX)
REDUCE_INTEGER(u32, uint32_t, uint64_t, 0, UINT32_MAX)
REDUCE_INTEGER(i64, int64_t, int64_t, INT64_MIN, INT64_MAX)
REDUCE_INTEGER(u64, uint64_t, uint64_t, 0, UINT64_MAX)

TIN_REDUCE_ROWS(tin_reduce_any, uint8_t, uint8_t, 0, (uint8_t)(a || v), a)
TIN_REDUCE_ROWS(tin_reduce_all, uint8_t, uint8_t, 1, (uint8_t)(a&& v), a)
