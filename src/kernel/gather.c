#include "kernel/gather.h"

#include <string.h>

#define GATHER(name, I)                                                                        \
    void name(const void* x, const I* indices, void* y, const tin_gather* g) {                 \
        char* to = (char*)y;                                                                   \
        for (int64_t b = 0; b < g->batch; ++b) {                                               \
            for (int64_t o = 0; o < g->outer; ++o) {                                           \
                const char* from = (const char*)x + (b * g->outer + o) * g->extent * g->bytes; \
                for (int64_t p = 0; p < g->picks; ++p, to += g->bytes) {                       \
                    const int64_t i = indices[b * g->picks + p];                               \
                    if (i >= 0 && i < g->extent)                                               \
                        memcpy(to, from + i * g->bytes, (size_t)g->bytes);                     \
                    else                                                                       \
                        memset(to, 0, (size_t)g->bytes);                                       \
                }                                                                              \
            }                                                                                  \
        }                                                                                      \
    }
GATHER(tin_gather_i32, int32_t)
GATHER(tin_gather_i64, int64_t)

void tin_gather_nd(const void* x, const int64_t* indices, void* y, const int64_t* extents, int32_t depth, int64_t picks,
                   int64_t bytes) {
    char* to = (char*)y;
    for (int64_t p = 0; p < picks; ++p, to += bytes) {
        int64_t at = 0;
        int32_t inside = 1;
        for (int32_t d = 0; d < depth && inside; ++d) {
            const int64_t i = indices[p * depth + d];
            inside = i >= 0 && i < extents[d];
            if (inside) at = at * extents[d] + i;
        }
        if (inside)
            memcpy(to, (const char*)x + at * bytes, (size_t)bytes);
        else
            memset(to, 0, (size_t)bytes);
    }
}
