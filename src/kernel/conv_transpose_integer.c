#include "kernel/conv_integer.h"
#include "kernel/integer_sum.h"

/* Where the window starts (from `first`) and goes on (every `stride` cells) at output place `at`: cell k takes input place
 * (at + pad - k) / stride, which must be whole and inside. */
static int64_t first_cell(int64_t at, int64_t stride, int64_t extent) {
    const int64_t beyond = at / stride - (extent - 1);
    return at % stride + (beyond > 0 ? beyond * stride : 0);
}

/* Every output is gathered, so that no sums are kept between inputs. */
#define CONV_TRANSPOSE(S, X, W, B, SUM, Q, Y)                                                                                  \
    static void transpose_pixel_##S(const tin_window* w, const X* image, int64_t oy, int64_t ox, const W* weights,             \
                                    const B* bias, const Q* q, Y* y) {                                                         \
        const int64_t in = w->out_c, filter = w->kernel_h * w->kernel_w * in, at_y = oy + w->pad_top, at_x = ox + w->pad_left; \
        for (int64_t o = 0, next; o < w->in_c; o = next) {                                                                     \
            const int four = o + 4 <= w->in_c;                                                                                 \
            SUM sum[4] = {0, 0, 0, 0};                                                                                         \
            next = four ? o + 4 : o + 1;                                                                                       \
            for (int64_t ky = first_cell(at_y, w->stride_h, w->out_h); ky < w->kernel_h && ky <= at_y; ky += w->stride_h)      \
                for (int64_t kx = first_cell(at_x, w->stride_w, w->out_w); kx < w->kernel_w && kx <= at_x;                     \
                     kx += w->stride_w) {                                                                                      \
                    const X* cell = image + ((at_y - ky) / w->stride_h * w->out_w + (at_x - kx) / w->stride_w) * in;           \
                    const W* factors = weights + o * filter + (ky * w->kernel_w + kx) * in;                                    \
                    if (four)                                                                                                  \
                        tin_add4_##S(cell, factors, filter, in, q, sum);                                                       \
                    else                                                                                                       \
                        tin_add1_##S(cell, factors, in, q, sum);                                                               \
                }                                                                                                              \
            for (int64_t j = 0; j < next - o; ++j) y[o + j] = tin_result_##S(sum[j], bias, q, o + j);                          \
        }                                                                                                                      \
    }                                                                                                                          \
    void tin_conv_transpose_##S(const tin_window* w, const X* x, const W* weights, const B* bias, const Q* q, Y* y) {          \
        for (int64_t b = 0; b < w->batch; ++b)                                                                                 \
            for (int64_t oy = 0; oy < w->in_h; ++oy)                                                                           \
                for (int64_t ox = 0; ox < w->in_w; ++ox, y += w->in_c)                                                         \
                    transpose_pixel_##S(w, x + b * w->out_h * w->out_w * w->out_c, oy, ox, weights, bias, q, y);               \
    }
TIN_EACH_SUM(CONV_TRANSPOSE)
TIN_HYBRID_SUM(CONV_TRANSPOSE)
