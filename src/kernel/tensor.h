/* Shapes and strides as the C99 kernels take them. Extents are checked before a kernel is called: kernels cannot fail. */
#ifndef TIN_KERNEL_TENSOR_H
#define TIN_KERNEL_TENSOR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TIN_MAX_RANK 8

typedef struct {
    int32_t rank;
    int64_t dim[TIN_MAX_RANK];
} tin_shape;

/* A walk over an output shape that reads up to three inputs, each with its own element strides (0 where it is broadcast). */
typedef struct {
    int32_t rank;
    int64_t dim[TIN_MAX_RANK];
    int64_t stride[3][TIN_MAX_RANK];
} tin_walk;

/* Where a walk stands: the row it is at (the innermost dimension is a row) and each input's offset there, in elements. */
typedef struct {
    int64_t index[TIN_MAX_RANK];
    int64_t offset[3];
} tin_cursor;

/* Moves a cursor that began as all zeros to the next row. Returns 0 when there is none. Requires walk->rank >= 1. */
int tin_next_row(const tin_walk* walk, tin_cursor* at);

/* Number of elements. */
int64_t tin_count(const tin_shape* shape);

#ifdef __cplusplus
}
#endif
#endif
