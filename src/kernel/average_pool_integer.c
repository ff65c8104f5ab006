#include "kernel/fixed_point.h"
#include "kernel/pool.h"

/* So many channels are summed at once, side by side. */
#define BLOCK 64

/* Halves of the mean are rounded away from zero, of the stored integers. */
#define AVERAGE_POOL(S, T)                                                                                         \
    static void average_pool_pixel_##S(const tin_window* w, const T* image, int64_t iy0, int64_t ix0, int32_t low, \
                                       int32_t high, T* y) {                                                       \
        const tin_span rows = tin_cells_inside(iy0, w->kernel_h, 1, w->in_h);                                      \
        const tin_span cols = tin_cells_inside(ix0, w->kernel_w, 1, w->in_w);                                      \
        const int64_t count = (rows.end - rows.first) * (cols.end - cols.first);                                   \
        for (int64_t first = 0; first < w->in_c; first += BLOCK) {                                                 \
            const int64_t n = w->in_c - first < BLOCK ? w->in_c - first : BLOCK;                                   \
            int32_t sum[BLOCK] = {0};                                                                              \
            for (int64_t ky = rows.first; ky < rows.end; ++ky)                                                     \
                for (int64_t kx = cols.first; kx < cols.end; ++kx) {                                               \
                    const T* cell = image + ((iy0 + ky) * w->in_w + ix0 + kx) * w->in_c + first;                   \
                    for (int64_t c = 0; c < n; ++c) sum[c] = tin_wrap_add(sum[c], cell[c]);                        \
                }                                                                                                  \
            for (int64_t c = 0; c < n; ++c) {                                                                      \
                const int64_t mean = ((int64_t)sum[c] + (sum[c] > 0 ? count / 2 : -(count / 2))) / count;          \
                y[first + c] = (T)(mean < low ? low : mean > high ? high : mean);                                  \
            }                                                                                                      \
        }                                                                                                          \
    }                                                                                                              \
    void tin_average_pool_##S(const tin_window* w, const T* x, int32_t low, int32_t high, T* y) {                  \
        for (int64_t b = 0; b < w->batch; ++b)                                                                     \
            for (int64_t oy = 0; oy < w->out_h; ++oy)                                                              \
                for (int64_t ox = 0; ox < w->out_w; ++ox, y += w->out_c)                                           \
                    average_pool_pixel_##S(w, x + b * w->in_h * w->in_w * w->in_c, oy * w->stride_h - w->pad_top,  \
                                           ox * w->stride_w - w->pad_left, low, high, y);                          \
    }
AVERAGE_POOL(i8, int8_t)
AVERAGE_POOL(u8, uint8_t)
AVERAGE_POOL(i16, int16_t)
