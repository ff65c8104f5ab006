#include "kernel/scatter.h"

#define SCATTER(name, T, SUM)                                                         \
    void name(const int64_t* indices, const T* updates, T* y, const tin_scatter* s) { \
        for (int64_t p = 0; p < s->picks; ++p, updates += s->inner) {                 \
            int64_t at = 0;                                                           \
            int32_t inside = 1;                                                       \
            for (int32_t d = 0; d < s->depth && inside; ++d) {                        \
                const int64_t i = indices[p * s->depth + d];                          \
                inside = i >= 0 && i < s->extents[d];                                 \
                if (inside) at = at * s->extents[d] + i;                              \
            }                                                                         \
            for (int64_t j = 0; inside && j < s->inner; ++j) {                        \
                T* to = y + at * s->inner + j;                                        \
                const T u = updates[j];                                               \
                *to = (T)(SUM);                                                       \
            }                                                                         \
        }                                                                             \
    }
SCATTER(tin_scatter_add_f32, float, *to + u)
SCATTER(tin_scatter_add_u8, uint8_t, *to + u)
SCATTER(tin_scatter_add_u16, uint16_t, *to + u)
SCATTER(tin_scatter_add_u32, uint32_t, *to + u)
SCATTER(tin_scatter_add_u64, uint64_t, *to + u)
SCATTER(tin_scatter_add_bool, uint8_t, *to || u)
