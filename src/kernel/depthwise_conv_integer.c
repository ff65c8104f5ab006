#include "kernel/conv_integer.h"
#include "kernel/integer_sum.h"

/* So many output channels are summed at once, side by side. */
#define BLOCK 32

#define DEPTHWISE_CONV(S, X, W, B, SUM, Q, Y)                                                                              \
    /* sum[i] += the products of output channels first + i at one cell of the window. */                                   \
    static void add_cell_##S(const X* cell, const W* weights, int64_t first, int64_t n, int64_t multiplier, const Q* q,    \
                             SUM* sum) {                                                                                   \
        if (multiplier == 1)                                                                                               \
            for (int64_t i = 0; i < n; ++i) sum[i] = tin_term_##S(sum[i], cell[first + i], weights[first + i], q);         \
        else                                                                                                               \
            for (int64_t i = 0; i < n; ++i)                                                                                \
                sum[i] = tin_term_##S(sum[i], cell[(first + i) / multiplier], weights[first + i], q);                      \
    }                                                                                                                      \
    static void depthwise_pixel_##S(const tin_window* w, const X* image, int64_t iy0, int64_t ix0, const W* weights,       \
                                    const B* bias, const Q* q, Y* y) {                                                     \
        const tin_span rows = tin_cells_inside(iy0, w->kernel_h, w->dilation_h, w->in_h);                                  \
        const tin_span cols = tin_cells_inside(ix0, w->kernel_w, w->dilation_w, w->in_w);                                  \
        for (int64_t first = 0; first < w->out_c; first += BLOCK) {                                                        \
            const int64_t n = w->out_c - first < BLOCK ? w->out_c - first : BLOCK;                                         \
            SUM sum[BLOCK] = {0};                                                                                          \
            for (int64_t ky = rows.first; ky < rows.end; ++ky) {                                                           \
                const X* row = image + (iy0 + ky * w->dilation_h) * w->in_w * w->in_c;                                     \
                for (int64_t kx = cols.first; kx < cols.end; ++kx)                                                         \
                    add_cell_##S(row + (ix0 + kx * w->dilation_w) * w->in_c, weights + (ky * w->kernel_w + kx) * w->out_c, \
                                 first, n, w->out_c / w->in_c, q, sum);                                                    \
            }                                                                                                              \
            for (int64_t i = 0; i < n; ++i) y[first + i] = tin_result_##S(sum[i], bias, q, first + i);                     \
        }                                                                                                                  \
    }                                                                                                                      \
    void tin_depthwise_conv_##S(const tin_window* w, const X* x, const W* weights, const B* bias, const Q* q, Y* y) {      \
        for (int64_t b = 0; b < w->batch; ++b)                                                                             \
            for (int64_t oy = 0; oy < w->out_h; ++oy)                                                                      \
                for (int64_t ox = 0; ox < w->out_w; ++ox, y += w->out_c)                                                   \
                    depthwise_pixel_##S(w, x + b * w->in_h * w->in_w * w->in_c, oy * w->stride_h - w->pad_top,             \
                                        ox * w->stride_w - w->pad_left, weights, bias, q, y);                              \
    }
TIN_EACH_SUM(DEPTHWISE_CONV)
TIN_HYBRID_SUM(DEPTHWISE_CONV)
