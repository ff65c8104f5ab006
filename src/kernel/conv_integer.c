#include "kernel/conv_integer.h"

#include "kernel/integer_sum.h"

/* One output pixel, whose window's cell (0, 0) lies at (iy0, ix0), which may be outside of the image. Four filters at a time read
 * the same cells; cells of a row that lie side by side in x and in the weights are one longer product. */
#define CONV(S, X, W, B, SUM, Q, Y)                                                                                            \
    static void conv_pixel_##S(const tin_window* w, int64_t group, const X* image, int64_t iy0, int64_t ix0, const W* weights, \
                               const B* bias, const Q* q, Y* y) {                                                              \
        const int64_t in = w->in_c / group, out = w->out_c / group, filter = w->kernel_h * w->kernel_w * in;                   \
        const tin_span rows = tin_cells_inside(iy0, w->kernel_h, w->dilation_h, w->in_h);                                      \
        const tin_span cols = tin_cells_inside(ix0, w->kernel_w, w->dilation_w, w->in_w);                                      \
        const int whole_row = group == 1 && w->dilation_w == 1;                                                                \
        const int64_t run = whole_row ? (cols.end - cols.first) * in : in;                                                     \
        for (int64_t o = 0, next; o < w->out_c; o = next) {                                                                    \
            const int64_t g = o / out;                                                                                         \
            const int four = o + 4 <= (g + 1) * out;                                                                           \
            SUM sum[4] = {0, 0, 0, 0};                                                                                         \
            next = four ? o + 4 : o + 1;                                                                                       \
            for (int64_t ky = rows.first; ky < rows.end; ++ky) {                                                               \
                const X* row = image + (iy0 + ky * w->dilation_h) * w->in_w * w->in_c + g * in;                                \
                for (int64_t kx = cols.first; kx < cols.end; kx += whole_row ? w->kernel_w : 1) {                              \
                    const X* cell = row + (ix0 + kx * w->dilation_w) * w->in_c;                                                \
                    const W* factors = weights + o * filter + (ky * w->kernel_w + kx) * in;                                    \
                    if (four)                                                                                                  \
                        tin_add4_##S(cell, factors, filter, run, q, sum);                                                      \
                    else                                                                                                       \
                        tin_add1_##S(cell, factors, run, q, sum);                                                              \
                }                                                                                                              \
            }                                                                                                                  \
            for (int64_t j = 0; j < next - o; ++j) y[o + j] = tin_result_##S(sum[j], bias, q, o + j);                          \
        }                                                                                                                      \
    }                                                                                                                          \
    void tin_conv_##S(const tin_window* w, int64_t group, const X* x, const W* weights, const B* bias, const Q* q, Y* y) {     \
        for (int64_t b = 0; b < w->batch; ++b) {                                                                               \
            const X* image = x + b * w->in_h * w->in_w * w->in_c;                                                              \
            for (int64_t oy = 0; oy < w->out_h; ++oy)                                                                          \
                for (int64_t ox = 0; ox < w->out_w; ++ox, y += w->out_c)                                                       \
                    conv_pixel_##S(w, group, image, oy * w->stride_h - w->pad_top, ox * w->stride_w - w->pad_left, weights,    \
                                   bias, q, y);                                                                                \
        }                                                                                                                      \
    }
TIN_EACH_SUM(CONV)
TIN_HYBRID_SUM(CONV)
