/* A window that slides over the height and width of a tensor [batch, height, width, channels]. */
#ifndef TIN_KERNEL_WINDOW_H
#define TIN_KERNEL_WINDOW_H
#include <stdint.h>

typedef struct {
    int64_t batch;
    int64_t in_h, in_w, in_c;
    int64_t out_h, out_w, out_c;
    int64_t kernel_h, kernel_w;
    int64_t stride_h, stride_w;
    int64_t dilation_h, dilation_w;
    int64_t pad_top, pad_left;
} tin_window;

/* The cells [first, end) of a window, along one axis, that lie on the tensor and not on its padding; `start` is where cell 0 lies. */
typedef struct {
    int64_t first, end;
} tin_span;

static inline tin_span tin_cells_inside(int64_t start, int64_t kernel, int64_t dilation, int64_t extent) {
    tin_span s;
    s.first = start < 0 ? (-start + dilation - 1) / dilation : 0;
    s.end = extent > start ? (extent - start + dilation - 1) / dilation : 0;
    if (s.end > kernel) s.end = kernel;
    if (s.first > s.end) s.first = s.end;
    return s;
}
#endif
