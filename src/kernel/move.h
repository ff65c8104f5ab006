/* Moving elements about: one walk that serves transpose, slice, reverse, concat, split, tile, expand and the space/depth pair.
 */
#ifndef TIN_KERNEL_MOVE_H
#define TIN_KERNEL_MOVE_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

#define TIN_MOVE_AXES 24

/* One axis of the walk: its extent, and how many elements a step along it moves in the source and in the destination (0 in the
 * source repeats, a negative step runs backwards). */
typedef struct {
    int64_t extent, from, to;
} tin_axis;

/* For every index of the axes: copies the element of `size` bytes (1, 2, 4 or 8) from x to y. The destinations are distinct.
 * The order of the axes is free: they are merged and ordered for the memory here. At most TIN_MOVE_AXES axes. */
void tin_move(const void* x, void* y, int32_t rank, const tin_axis* axes, int64_t size);

/* Writes n copies of the element of `size` bytes (1, 2, 4 or 8). */
void tin_fill(const void* element, void* y, int64_t n, int64_t size);

#ifdef __cplusplus
}
#endif
#endif
