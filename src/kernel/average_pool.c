#include "kernel/pool.h"

static void average_pool_pixel(const tin_window* w, const float* image, int64_t iy0, int64_t ix0, float* y) {
    const tin_span rows = tin_cells_inside(iy0, w->kernel_h, 1, w->in_h);
    const tin_span cols = tin_cells_inside(ix0, w->kernel_w, 1, w->in_w);
    const float count = (float)((rows.end - rows.first) * (cols.end - cols.first));
    for (int64_t c = 0; c < w->in_c; ++c) y[c] = 0.0f;
    for (int64_t ky = rows.first; ky < rows.end; ++ky)
        for (int64_t kx = cols.first; kx < cols.end; ++kx) {
            const float* cell = image + ((iy0 + ky) * w->in_w + ix0 + kx) * w->in_c;
            for (int64_t c = 0; c < w->in_c; ++c) y[c] += cell[c];
        }
    for (int64_t c = 0; c < w->in_c; ++c) y[c] /= count;
}

void tin_average_pool_f32(const tin_window* w, const float* x, float* y) {
    for (int64_t b = 0; b < w->batch; ++b)
        for (int64_t oy = 0; oy < w->out_h; ++oy)
            for (int64_t ox = 0; ox < w->out_w; ++ox, y += w->out_c)
                average_pool_pixel(w, x + b * w->in_h * w->in_w * w->in_c, oy * w->stride_h - w->pad_top,
                                   ox * w->stride_w - w->pad_left, y);
}
