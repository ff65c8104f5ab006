#include "kernel/conv.h"

#include "kernel/dot.h"

/* One output pixel: x_pixel is where cell (0, 0) of the window lies, which may be outside of x. */
static void conv_pixel(const tin_window* w, int64_t group, const float* image, int64_t iy0, int64_t ix0, const float* weights,
                       const float* bias, float* y) {
    const int64_t in = w->in_c / group, out = w->out_c / group;
    const tin_span rows = tin_cells_inside(iy0, w->kernel_h, w->dilation_h, w->in_h);
    const tin_span cols = tin_cells_inside(ix0, w->kernel_w, w->dilation_w, w->in_w);
    /* Cells of a row that lie side by side in x and in the weights are one longer product. */
    const int whole_row = group == 1 && w->dilation_w == 1;
    const int64_t run = whole_row ? (cols.end - cols.first) * in : in;
    for (int64_t o = 0; o < w->out_c; ++o) {
        const float* filter = weights + o * w->kernel_h * w->kernel_w * in;
        float lane[8] = {0};
        for (int64_t ky = rows.first; ky < rows.end; ++ky) {
            const float* row = image + (iy0 + ky * w->dilation_h) * w->in_w * w->in_c + (o / out) * in;
            for (int64_t kx = cols.first; kx < cols.end; kx += whole_row ? w->kernel_w : 1)
                tin_dot_lanes_f32(row + (ix0 + kx * w->dilation_w) * w->in_c, filter + (ky * w->kernel_w + kx) * in, run, lane);
        }
        y[o] = (bias ? bias[o] : 0.0f) + tin_add_lanes(lane);
    }
}

void tin_conv_f32(const tin_window* w, int64_t group, const float* x, const float* weights, const float* bias, float* y) {
    for (int64_t b = 0; b < w->batch; ++b) {
        const float* image = x + b * w->in_h * w->in_w * w->in_c;
        for (int64_t oy = 0; oy < w->out_h; ++oy)
            for (int64_t ox = 0; ox < w->out_w; ++ox) {
                conv_pixel(w, group, image, oy * w->stride_h - w->pad_top, ox * w->stride_w - w->pad_left, weights, bias, y);
                y += w->out_c;
            }
    }
}
