#include "kernel/conv_3d.h"

/* y[o] += sum over i of x[i] * weights[i,o], the channels of each group apart. */
static void add_cell_products(const tin_window_3d* w, int64_t group, const float* x, const float* weights, float* y) {
    const int64_t in = w->in_c / group, out = w->out_c / group;
    for (int64_t g = 0; g < group; ++g)
        for (int64_t i = 0; i < in; ++i) {
            const float scale = x[g * in + i];
            const float* row = weights + i * w->out_c + g * out;
            for (int64_t o = 0; o < out; ++o) y[g * out + o] += scale * row[o];
        }
}

static void conv_cell(const tin_window_3d* w, int64_t group, const float* image, const int64_t* start, const float* weights,
                      float* y) {
    tin_span cells[3];
    for (int d = 0; d < 3; ++d) cells[d] = tin_cells_inside(start[d], w->kernel[d], w->dilation[d], w->in[d]);
    for (int64_t kz = cells[0].first; kz < cells[0].end; ++kz)
        for (int64_t ky = cells[1].first; ky < cells[1].end; ++ky)
            for (int64_t kx = cells[2].first; kx < cells[2].end; ++kx) {
                const int64_t z = start[0] + kz * w->dilation[0], row = start[1] + ky * w->dilation[1];
                const int64_t at = (z * w->in[1] + row) * w->in[2] + start[2] + kx * w->dilation[2];
                const int64_t k = (kz * w->kernel[1] + ky) * w->kernel[2] + kx;
                add_cell_products(w, group, image + at * w->in_c, weights + k * (w->in_c / group) * w->out_c, y);
            }
}

void tin_conv_3d_f32(const tin_window_3d* w, int64_t group, const float* x, const float* weights, const float* bias, float* y) {
    const int64_t plane = w->out[1] * w->out[2], places = w->out[0] * plane;
    for (int64_t b = 0; b < w->batch; ++b)
        for (int64_t p = 0; p < places; ++p, y += w->out_c) {
            const int64_t start[3] = {p / plane * w->stride[0] - w->pad[0], p % plane / w->out[2] * w->stride[1] - w->pad[1],
                                      p % w->out[2] * w->stride[2] - w->pad[2]};
            for (int64_t o = 0; o < w->out_c; ++o) y[o] = bias ? bias[o] : 0.0f;
            conv_cell(w, group, x + b * w->in[0] * w->in[1] * w->in[2] * w->in_c, start, weights, y);
        }
}
