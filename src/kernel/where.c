#include "kernel/where.h"

#include "kernel/any.h"

#define WHERE(name, T)                                                                                                       \
    static void choose_##name(const uint8_t* condition, const tin_any_##name* a, const tin_any_##name* b, tin_any_##name* y, \
                              const tin_walk* walk) {                                                                        \
        const int32_t row = walk->rank - 1;                                                                                  \
        const int64_t n = walk->dim[row], sc = walk->stride[0][row], sa = walk->stride[1][row], sb = walk->stride[2][row];   \
        tin_cursor at = {{0}, {0}};                                                                                          \
        do {                                                                                                                 \
            const uint8_t* c = condition + at.offset[0];                                                                     \
            const tin_any_##name *p = a + at.offset[1], *q = b + at.offset[2];                                               \
            if (sc && sa && sb) {                                                                                            \
                for (int64_t i = 0; i < n; ++i) y[i] = c[i] ? p[i] : q[i];                                                   \
            } else {                                                                                                         \
                for (int64_t i = 0; i < n; ++i) y[i] = c[i * sc] ? p[i * sa] : q[i * sb];                                    \
            }                                                                                                                \
            y += n;                                                                                                          \
        } while (tin_next_row(walk, &at));                                                                                   \
    }                                                                                                                        \
    void tin_where_##name(const uint8_t* condition, const T* a, const T* b, T* y, const tin_walk* walk) {                    \
        choose_##name(condition, (const tin_any_##name*)a, (const tin_any_##name*)b, (tin_any_##name*)y, walk);              \
    }
WHERE(1, uint8_t)
WHERE(2, uint16_t)
WHERE(4, uint32_t)
WHERE(8, uint64_t)
