#include "kernel/depthwise_conv.h"

static void add_products(const float* x, const float* weights, int64_t in_c, int64_t multiplier, float* y) {
    if (multiplier == 1) {
        for (int64_t c = 0; c < in_c; ++c) y[c] += x[c] * weights[c];
        return;
    }
    for (int64_t c = 0; c < in_c; ++c)
        for (int64_t m = 0; m < multiplier; ++m) y[c * multiplier + m] += x[c] * weights[c * multiplier + m];
}

static void depthwise_pixel(const tin_window* w, const float* image, int64_t iy0, int64_t ix0, const float* weights,
                            const float* bias, float* y) {
    const tin_span rows = tin_cells_inside(iy0, w->kernel_h, w->dilation_h, w->in_h);
    const tin_span cols = tin_cells_inside(ix0, w->kernel_w, w->dilation_w, w->in_w);
    for (int64_t o = 0; o < w->out_c; ++o) y[o] = bias ? bias[o] : 0.0f;
    for (int64_t ky = rows.first; ky < rows.end; ++ky) {
        const float* row = image + (iy0 + ky * w->dilation_h) * w->in_w * w->in_c;
        for (int64_t kx = cols.first; kx < cols.end; ++kx)
            add_products(row + (ix0 + kx * w->dilation_w) * w->in_c, weights + (ky * w->kernel_w + kx) * w->out_c, w->in_c,
                         w->out_c / w->in_c, y);
    }
}

void tin_depthwise_conv_f32(const tin_window* w, const float* x, const float* weights, const float* bias, float* y) {
    for (int64_t b = 0; b < w->batch; ++b) {
        const float* image = x + b * w->in_h * w->in_w * w->in_c;
        for (int64_t oy = 0; oy < w->out_h; ++oy)
            for (int64_t ox = 0; ox < w->out_w; ++ox) {
                depthwise_pixel(w, image, oy * w->stride_h - w->pad_top, ox * w->stride_w - w->pad_left, weights, bias, y);
                y += w->out_c;
            }
    }
}
