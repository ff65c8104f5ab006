#include "kernel/mcu/depthwise.h"

#include "kernel/mcu/requantise.h"

/* A pixel's window: its first cell, which may be outside of x, and whether all cells are inside. */
typedef struct {
    int32_t y, x;
    int inside;
} place;

/* n cells of four channels, `step` bytes apart; what they are multiplied with follows. */
static inline const uint32_t* add_cells(const int8_t* cell, int32_t n, int32_t step, const uint32_t* w, int32_t* sum) {
    int32_t a = sum[0], b = sum[1], c = sum[2], d = sum[3];
    for (; n > 0; --n, cell += step) {
#if TIN_MCU_DSP
        const uint32_t four = tin_load_word(cell), weights = *w++;
        const uint32_t x_even = tin_even_bytes(four), w_even = tin_even_bytes(weights);
        const uint32_t x_odd = tin_odd_bytes(four), w_odd = tin_odd_bytes(weights);
        a = tin_smlabb(x_even, w_even, a);
        b = tin_smlabb(x_odd, w_odd, b);
        c = tin_smlatt(x_even, w_even, c);
        d = tin_smlatt(x_odd, w_odd, d);
#else
        const int8_t* weights = (const int8_t*)w++;
        a += cell[0] * weights[0];
        b += cell[1] * weights[1];
        c += cell[2] * weights[2];
        d += cell[3] * weights[3];
#endif
    }
    sum[0] = a;
    sum[1] = b;
    sum[2] = c;
    sum[3] = d;
    return w;
}

static const uint32_t* add_window(const tin_mcu_window* w, const int8_t* x, place at, const uint32_t* packed, int32_t* sum) {
    const int32_t step = w->dilation_w * w->in_c, row_step = w->dilation_h * w->in_w * w->in_c;
    const int8_t zero = w->range.x_zero, padding[4] = {zero, zero, zero, zero};
    int32_t row = (at.y * w->in_w + at.x) * w->in_c;
    if (at.inside && w->kernel_w == 1) return add_cells(x + row, w->kernel_h, row_step, packed, sum);
    for (int32_t ky = 0, iy = at.y; ky < w->kernel_h; ++ky, row += row_step, iy += w->dilation_h) {
        if (at.inside) {
            packed = add_cells(x + row, w->kernel_w, step, packed, sum);
            continue;
        }
        for (int32_t kx = 0, ix = at.x; kx < w->kernel_w; ++kx, ix += w->dilation_w) {
            const int inside = iy >= 0 && iy < w->in_h && ix >= 0 && ix < w->in_w;
            packed = add_cells(inside ? x + row + kx * step : padding, 1, 0, packed, sum);
        }
    }
    return packed;
}

/* Fewer than four channels have cells of fewer bytes than add_cells reads. */
static const uint32_t* add_narrow_window(const tin_mcu_window* w, const int8_t* x, place at, const uint32_t* packed,
                                         int32_t* sum) {
    for (int32_t ky = 0; ky < w->kernel_h; ++ky)
        for (int32_t kx = 0; kx < w->kernel_w; ++kx) {
            const int32_t iy = at.y + ky * w->dilation_h, ix = at.x + kx * w->dilation_w;
            const int inside = iy >= 0 && iy < w->in_h && ix >= 0 && ix < w->in_w;
            int8_t cell[4] = {0, 0, 0, 0};
            for (int32_t c = 0; c < w->in_c; ++c) cell[c] = inside ? x[(iy * w->in_w + ix) * w->in_c + c] : w->range.x_zero;
            packed = add_cells(cell, 1, 0, packed, sum);
        }
    return packed;
}

/* Stores n of four results. Returns the end of their factors. */
static inline const uint32_t* store(const tin_mcu_window* w, const int32_t* sum, const uint32_t* factors, int32_t n,
                                    int8_t* y) {
    uint32_t shifts = factors[4];
    for (int32_t k = 0; k < n; ++k, shifts >>= 8)
        y[k] = (int8_t)tin_mcu_stored_any((int32_t)((uint32_t)sum[k] * 2u), (int32_t)factors[k], shifts & 0xFFu,
                                          2 * w->range.y_zero + 1);
    return factors + 5;
}

static void pixel(const tin_mcu_window* w, const int8_t* x, place at, const uint32_t* packed, int8_t* y) {
    for (int32_t c = 0; c < w->in_c; c += 4) {
        const int32_t first = c + 4 <= w->in_c ? c : w->in_c - 4;
        int32_t sum[4];
        memcpy(sum, packed, sizeof sum);
        packed = add_window(w, x + first, at, packed + 4, sum);
        packed = store(w, sum, packed, 4, y + first);
    }
}
static void narrow_pixel(const tin_mcu_window* w, const int8_t* x, place at, const uint32_t* packed, int8_t* y) {
    int32_t sum[4];
    memcpy(sum, packed, sizeof sum);
    store(w, sum, add_narrow_window(w, x, at, packed + 4, sum), w->in_c, y);
}

void tin_mcu_depthwise(const tin_mcu_window* w, const int8_t* x, const uint32_t* packed, int8_t* y) {
    const int32_t last_y = w->in_h - (w->kernel_h - 1) * w->dilation_h, last_x = w->in_w - (w->kernel_w - 1) * w->dilation_w;
    int8_t* to = y;
    for (int32_t oy = 0; oy < w->out_h; ++oy)
        for (int32_t ox = 0; ox < w->out_w; ++ox, to += w->out_c) {
            place at = {oy * w->stride_h - w->pad_top, ox * w->stride_w - w->pad_left, 0};
            at.inside = at.y >= 0 && at.x >= 0 && at.y < last_y && at.x < last_x;
            (w->in_c < 4 ? narrow_pixel : pixel)(w, x, at, packed, to);
        }
    tin_mcu_limit(y, w->out_h * w->out_w * w->out_c, w->range.low, w->range.high);
}
