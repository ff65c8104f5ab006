#include "kernel/pool.h"

#include <string.h>

#define MAX_POOL(suffix, T)                                                                                        \
    static void max_pool_pixel_##suffix(const tin_window* w, const T* image, int64_t iy0, int64_t ix0, T* y) {     \
        const tin_span rows = tin_cells_inside(iy0, w->kernel_h, 1, w->in_h);                                      \
        const tin_span cols = tin_cells_inside(ix0, w->kernel_w, 1, w->in_w);                                      \
        const T* corner = image + ((iy0 + rows.first) * w->in_w + ix0 + cols.first) * w->in_c;                     \
        memcpy(y, corner, (size_t)w->in_c * sizeof(T));                                                            \
        for (int64_t ky = 0; ky < rows.end - rows.first; ++ky)                                                     \
            for (int64_t kx = 0; kx < cols.end - cols.first; ++kx) {                                               \
                const T* cell = corner + (ky * w->in_w + kx) * w->in_c;                                            \
                for (int64_t c = 0; c < w->in_c; ++c) y[c] = cell[c] > y[c] ? cell[c] : y[c];                      \
            }                                                                                                      \
    }                                                                                                              \
    void tin_max_pool_##suffix(const tin_window* w, const T* x, T* y) {                                            \
        for (int64_t b = 0; b < w->batch; ++b)                                                                     \
            for (int64_t oy = 0; oy < w->out_h; ++oy)                                                              \
                for (int64_t ox = 0; ox < w->out_w; ++ox, y += w->out_c)                                           \
                    max_pool_pixel_##suffix(w, x + b * w->in_h * w->in_w * w->in_c, oy * w->stride_h - w->pad_top, \
                                            ox * w->stride_w - w->pad_left, y);                                    \
    }

MAX_POOL(f32, float)
MAX_POOL(i8, int8_t)
MAX_POOL(u8, uint8_t)
MAX_POOL(i16, int16_t)
