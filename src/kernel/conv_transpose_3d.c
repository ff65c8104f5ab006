#include "kernel/conv_3d.h"
#include "kernel/dot.h"

static void scatter_cell(const tin_window_3d* w, const float* x, const int64_t* start, const float* weights, float* y) {
    tin_span cells[3];
    for (int d = 0; d < 3; ++d) cells[d] = tin_cells_inside(start[d], w->kernel[d], 1, w->in[d]);
    for (int64_t kz = cells[0].first; kz < cells[0].end; ++kz)
        for (int64_t ky = cells[1].first; ky < cells[1].end; ++ky)
            for (int64_t kx = cells[2].first; kx < cells[2].end; ++kx) {
                const int64_t at = ((start[0] + kz) * w->in[1] + start[1] + ky) * w->in[2] + start[2] + kx;
                const float* cell = weights + ((kz * w->kernel[1] + ky) * w->kernel[2] + kx) * w->in_c * w->out_c;
                for (int64_t o = 0; o < w->in_c; ++o) y[at * w->in_c + o] += tin_dot_f32(x, cell + o * w->out_c, w->out_c);
            }
}

void tin_conv_transpose_3d_f32(const tin_window_3d* w, const float* x, const float* weights, const float* bias, float* y) {
    const int64_t plane = w->out[1] * w->out[2], cells = w->in[0] * w->in[1] * w->in[2];
    for (int64_t b = 0; b < w->batch; ++b, y += cells * w->in_c) {
        for (int64_t c = 0; c < cells; ++c)
            for (int64_t o = 0; o < w->in_c; ++o) y[c * w->in_c + o] = bias ? bias[o] : 0.0f;
        for (int64_t p = 0; p < w->out[0] * plane; ++p, x += w->out_c) {
            const int64_t start[3] = {p / plane * w->stride[0] - w->pad[0], p % plane / w->out[2] * w->stride[1] - w->pad[1],
                                      p % w->out[2] * w->stride[2] - w->pad[2]};
            scatter_cell(w, x, start, weights, y);
        }
    }
}
