#ifndef TIN_KERNEL_GATHER_H
#define TIN_KERNEL_GATHER_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
/* x [batch, outer, extent] and y [batch, outer, picks] of slices of `bytes` bytes; indices [batch, picks]. */
typedef struct {
    int64_t batch, outer, extent, picks, bytes;
} tin_gather;
/* y[b, o, p] = x[b, o, indices[b, p]]; an index outside 0..extent-1 gives zeros. */
void tin_gather_i32(const void* x, const int32_t* indices, void* y, const tin_gather* g);
void tin_gather_i64(const void* x, const int64_t* indices, void* y, const tin_gather* g);

/* x is `extents` (rank `depth`) of slices of `bytes` bytes, indices [picks, depth]: y[p] = x[indices[p, 0], ..., indices[p,
 * depth-1]]; zeros where an index is outside. */
void tin_gather_nd(const void* x, const int64_t* indices, void* y, const int64_t* extents, int32_t depth, int64_t picks,
                   int64_t bytes);
#ifdef __cplusplus
}
#endif
#endif
