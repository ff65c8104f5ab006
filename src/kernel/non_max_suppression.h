#ifndef TIN_KERNEL_NON_MAX_SUPPRESSION_H
#define TIN_KERNEL_NON_MAX_SUPPRESSION_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
/* Selects boxes [y1, x1, y2, x2] (corners in either order) greedily in the given order, skipping each that overlaps a selected one
   by an intersection over union of at least `iou`. Returns how many of the first `max_output` elements of `selected` are set. */
int32_t tin_non_max_suppression_f32(const float* boxes, const int32_t* order, int64_t count, int64_t max_output, float iou,
                                    int32_t* selected);
#ifdef __cplusplus
}
#endif
#endif
