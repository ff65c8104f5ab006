#ifndef TIN_KERNEL_SCATTER_H
#define TIN_KERNEL_SCATTER_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
/* y is `extents` (rank `depth`) of slices of `inner` elements, indices [picks, depth], updates [picks, inner]. */
typedef struct {
    const int64_t* extents;
    int32_t depth;
    int64_t picks, inner;
} tin_scatter;
/* y[indices[p]] += updates[p]; an index outside is left out. Integers wrap, so signed ones go through the unsigned kernels. */
void tin_scatter_add_f32(const int64_t* indices, const float* updates, float* y, const tin_scatter* s);
void tin_scatter_add_u8(const int64_t* indices, const uint8_t* updates, uint8_t* y, const tin_scatter* s);
void tin_scatter_add_u16(const int64_t* indices, const uint16_t* updates, uint16_t* y, const tin_scatter* s);
void tin_scatter_add_u32(const int64_t* indices, const uint32_t* updates, uint32_t* y, const tin_scatter* s);
void tin_scatter_add_u64(const int64_t* indices, const uint64_t* updates, uint64_t* y, const tin_scatter* s);
/* y[indices[p]] |= updates[p]. */
void tin_scatter_add_bool(const int64_t* indices, const uint8_t* updates, uint8_t* y, const tin_scatter* s);
#ifdef __cplusplus
}
#endif
#endif
