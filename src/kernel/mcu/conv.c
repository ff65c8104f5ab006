#include "kernel/mcu/conv.h"

#include "kernel/mcu/paired.h"
#include "kernel/mcu/requantise.h"

/* Where the window of an output pixel begins, which may be outside of x; the output's column. */
typedef struct {
    int32_t y, x, ox;
} corner;

/* What is known of all windows: bytes of one of their rows and of all, from row to row in x, and the last corners inside of x (none
 * where columns are dilated). */
typedef struct {
    const tin_mcu_window* w;
    const int8_t* x;
    int32_t run, all, step, last_y, last_x;
} windows;

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

static windows windows_of(const tin_mcu_window* w, const int8_t* x) {
    const int32_t run = w->kernel_w * w->in_c;
    const windows all = {w,
                         x,
                         run,
                         w->kernel_h * run,
                         w->dilation_h * w->in_w * w->in_c,
                         w->in_h - 1 - (w->kernel_h - 1) * w->dilation_h,
                         w->dilation_w == 1 ? w->in_w - w->kernel_w : -1};
    return all;
}

static inline int inside(const windows* all, corner at) {
    return at.x >= 0 && at.y >= 0 && at.x <= all->last_x && at.y <= all->last_y;
}
static inline const int8_t* cell_of(const windows* all, corner at) {
    return all->x + (at.y * all->w->in_w + at.x) * all->w->in_c;
}

static void gather(const windows* all, corner at, int8_t* to) {
    const int32_t run = all->run;
    if (inside(all, at)) {
        const int8_t* from = cell_of(all, at);
        for (int32_t ky = all->w->kernel_h; ky > 0; --ky, from += all->step, to += run) copy(from, run, to);
        return;
    }
    for (int32_t ky = 0; ky < all->w->kernel_h; ++ky, at.y += all->w->dilation_h, to += run)
        gather_row(all->w, all->x, at.y, at.x, to);
}

#if TIN_MCU_SPREAD
/* Windows inside of x whose rows are whole words go to the lanes at once. `bytes` has room for two windows in whole words, or for two
 * of their rows. */
static void load_pair(const windows* all, corner p, corner q, uint32_t* lanes, int8_t* bytes) {
    const int32_t run = all->run;
    if (run % 4) {
        int8_t* second = bytes + TIN_MCU_LANES(all->all);
        gather(all, p, bytes);
        gather(all, q, second);
        tin_mcu_spread(bytes, second, lanes, TIN_MCU_LANES(all->all), 1, 0);
    } else if (inside(all, p) && inside(all, q)) {
        tin_mcu_spread(cell_of(all, p), cell_of(all, q), lanes, run, all->w->kernel_h, all->step);
    } else {
        for (int32_t ky = 0; ky < all->w->kernel_h; ++ky, p.y += all->w->dilation_h, q.y += all->w->dilation_h) {
            gather_row(all->w, all->x, p.y, p.x, bytes);
            gather_row(all->w, all->x, q.y, q.x, bytes + run);
            lanes = tin_mcu_spread(bytes, bytes + run, lanes, run, 1, 0);
        }
    }
}
#endif

/* The next output pixel's window. */
static inline corner next(const tin_mcu_window* w, corner at) {
    at.x += w->stride_w;
    if (++at.ox == w->out_w) {
        at.ox = 0;
        at.x = -w->pad_left;
        at.y += w->stride_h;
    }
    return at;
}

void tin_mcu_conv(const tin_mcu_window* w, const int8_t* x, const uint32_t* packed, void* scratch, int8_t* y) {
    const windows all = windows_of(w, x);
    const int32_t pixels = w->out_h * w->out_w;
    tin_mcu_paired pairs = tin_mcu_paired_with(all.all, w->out_c, w->range.y_zero, packed, (const uint32_t*)scratch);
    corner p = {-w->pad_top, -w->pad_left, 0};
    int8_t* to = y;
#if TIN_MCU_SPREAD
    /* Bytes after a window in its last word meet weights of 0, whatever they are. */
    uint32_t* lanes = (uint32_t*)scratch;
    int8_t* bytes = (int8_t*)(lanes + TIN_MCU_LANES(all.all));
    memset(bytes, 0, (size_t)(tin_mcu_conv_scratch(w) - 4 * TIN_MCU_LANES(all.all)));
#else
    int8_t* bytes = (int8_t*)scratch;
#endif
    for (int32_t left = pixels; left > 0; left -= 2, to += 2 * w->out_c) {
        const corner q = left > 1 ? next(w, p) : p;
        if (left == 1) pairs.second = 0;
#if TIN_MCU_SPREAD
        load_pair(&all, p, q, lanes, bytes);
        tin_mcu_paired_lanes(&pairs, to);
#else
        gather(&all, p, bytes);
        gather(&all, q, bytes + all.all);
        tin_mcu_paired_rows(&pairs, bytes, all.all, to);
#endif
        p = next(w, q);
    }
    tin_mcu_limit(y, pixels * w->out_c, w->range.low, w->range.high);
}
