#include "kernel/mcu/conv.h"

#include "kernel/mcu/paired.h"
#include "kernel/mcu/requantise.h"

/* Where the window of an output pixel begins, which may be outside of x. */
typedef struct {
    int32_t y, x;
} corner;

static inline void copy(const int8_t* from, int32_t n, int8_t* to) {
    for (; n >= 4; n -= 4, from += 4, to += 4) tin_store_word(to, tin_load_word(from));
    if (n & 2) {
        *to++ = *from++;
        *to++ = *from++;
    }
    if (n & 1) *to = *from;
}
static void fill(int8_t value, int32_t n, int8_t* to) {
    while (n-- > 0) *to++ = value;
}

/* Row iy of x under a window, padding with its zero point. */
static void gather_row(const tin_mcu_window* w, const int8_t* x, int32_t iy, int32_t ix, int8_t* to) {
    const int32_t in_c = w->in_c;
    if (iy < 0 || iy >= w->in_h) {
        fill(w->range.x_zero, w->kernel_w * in_c, to);
        return;
    }
    const int8_t* row = x + iy * w->in_w * in_c;
    if (w->dilation_w == 1) {
        const int32_t left = tin_limit(-ix, 0, w->kernel_w), end = tin_limit(w->in_w - ix, left, w->kernel_w);
        fill(w->range.x_zero, left * in_c, to);
        copy(row + (ix + left) * in_c, (end - left) * in_c, to + left * in_c);
        fill(w->range.x_zero, (w->kernel_w - end) * in_c, to + end * in_c);
        return;
    }
    for (int32_t kx = 0; kx < w->kernel_w; ++kx, ix += w->dilation_w, to += in_c)
        if (ix < 0 || ix >= w->in_w)
            fill(w->range.x_zero, in_c, to);
        else
            copy(row + ix * in_c, in_c, to);
}

/* Whole windows inside of x. */
static void gather_inside(const tin_mcu_window* w, const int8_t* x, corner at, int8_t* to) {
    const int32_t run = w->kernel_w * w->in_c, step = w->dilation_h * w->in_w * w->in_c;
    const int8_t* from = x + (at.y * w->in_w + at.x) * w->in_c;
    for (int32_t ky = w->kernel_h; ky > 0; --ky, from += step, to += run) copy(from, run, to);
}
static int inside(const tin_mcu_window* w, corner at) {
    return w->dilation_w == 1 && at.x >= 0 && at.y >= 0 && at.x + w->kernel_w <= w->in_w &&
           at.y + (w->kernel_h - 1) * w->dilation_h < w->in_h;
}
static void gather(const tin_mcu_window* w, const int8_t* x, corner at, int8_t* to) {
    if (inside(w, at)) {
        gather_inside(w, x, at, to);
        return;
    }
    for (int32_t ky = 0; ky < w->kernel_h; ++ky, at.y += w->dilation_h, to += w->kernel_w * w->in_c)
        gather_row(w, x, at.y, at.x, to);
}

#if TIN_MCU_DSP
/* Windows inside of x whose rows are whole words go to the lanes at once. */
static void load_pair(const tin_mcu_window* w, const int8_t* x, corner p, corner q, uint32_t* lanes, int8_t* bytes) {
    const int32_t run = w->kernel_w * w->in_c, width = w->in_w * w->in_c;
    if (run % 4) {
        gather(w, x, p, bytes);
        gather(w, x, q, bytes + run * w->kernel_h);
        tin_mcu_spread_any(bytes, bytes + run * w->kernel_h, lanes, run * w->kernel_h);
    } else if (inside(w, p) && inside(w, q)) {
        tin_mcu_spread(x + p.y * width + p.x * w->in_c, x + q.y * width + q.x * w->in_c, lanes, run, w->kernel_h,
                       w->dilation_h * width);
    } else {
        for (int32_t ky = 0; ky < w->kernel_h; ++ky) {
            gather_row(w, x, p.y + ky * w->dilation_h, p.x, bytes);
            gather_row(w, x, q.y + ky * w->dilation_h, q.x, bytes + run);
            lanes = tin_mcu_spread(bytes, bytes + run, lanes, run, 1, 0);
        }
    }
}
#endif

/* The next output pixel's window; `ox` counts along the row. */
static corner next(const tin_mcu_window* w, corner at, int32_t* ox) {
    at.x += w->stride_w;
    if (++*ox == w->out_w) {
        *ox = 0;
        at.x = -w->pad_left;
        at.y += w->stride_h;
    }
    return at;
}

void tin_mcu_conv(const tin_mcu_window* w, const int8_t* x, const uint32_t* packed, void* scratch, int8_t* y) {
    const int32_t in = w->kernel_h * w->kernel_w * w->in_c, pixels = w->out_h * w->out_w;
    uint32_t* lanes = (uint32_t*)scratch;
    tin_mcu_paired pairs = tin_mcu_paired_with(in, w->out_c, w->range.y_zero, packed, lanes);
    corner p = {-w->pad_top, -w->pad_left};
    int8_t* to = y;
    int32_t ox = 0;
    for (int32_t left = pixels; left > 0; left -= 2, to += 2 * w->out_c) {
        const corner q = left > 1 ? next(w, p, &ox) : p;
        if (left == 1) pairs.second = 0;
#if TIN_MCU_DSP
        load_pair(w, x, p, q, lanes, (int8_t*)(lanes + TIN_MCU_LANES(in)));
        tin_mcu_paired_lanes(&pairs, to);
#else
        int8_t* bytes = (int8_t*)scratch;
        gather(w, x, p, bytes);
        gather(w, x, q, bytes + in);
        tin_mcu_paired_rows(&pairs, bytes, in, to);
#endif
        p = next(w, q, &ox);
    }
    tin_mcu_limit(y, pixels * w->out_c, w->range.low, w->range.high);
}
