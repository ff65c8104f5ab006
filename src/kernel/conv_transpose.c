#include "kernel/conv_transpose.h"

#include "kernel/dot.h"

static void scatter_pixel(const tin_window* w, const float* x, int64_t y0, int64_t x0, const float* weights, float* y) {
    const tin_span rows = tin_cells_inside(y0, w->kernel_h, 1, w->in_h);
    const tin_span cols = tin_cells_inside(x0, w->kernel_w, 1, w->in_w);
    const int64_t in = w->out_c, filter = w->kernel_h * w->kernel_w * in;
    for (int64_t ky = rows.first; ky < rows.end; ++ky)
        for (int64_t kx = cols.first; kx < cols.end; ++kx) {
            float* to = y + ((y0 + ky) * w->in_w + x0 + kx) * w->in_c;
            const float* cell = weights + (ky * w->kernel_w + kx) * in;
            for (int64_t o = 0; o < w->in_c; ++o) to[o] += tin_dot_f32(x, cell + o * filter, in);
        }
}

void tin_conv_transpose_f32(const tin_window* w, const float* x, const float* weights, const float* bias, float* y) {
    const int64_t pixels = w->in_h * w->in_w;
    for (int64_t b = 0; b < w->batch; ++b, y += pixels * w->in_c) {
        for (int64_t p = 0; p < pixels; ++p)
            for (int64_t o = 0; o < w->in_c; ++o) y[p * w->in_c + o] = bias ? bias[o] : 0.0f;
        for (int64_t iy = 0; iy < w->out_h; ++iy)
            for (int64_t ix = 0; ix < w->out_w; ++ix, x += w->out_c)
                scatter_pixel(w, x, iy * w->stride_h - w->pad_top, ix * w->stride_w - w->pad_left, weights, y);
    }
}
