#include "random_layers.h"

#include <string.h>

#include "kernel/conv_integer.h"
#include "kernel/mat_mul_integer.h"
#include "kernel/mcu/conv.h"
#include "kernel/mcu/depthwise.h"
#include "kernel/mcu/depthwise_3x3.h"
#include "kernel/mcu/fully_connected.h"
#include "kernel/mcu/pack.h"
#include "kernel/mcu/pointwise.h"
#include "kernel/mcu/pool.h"
#include "kernel/mcu/sum.h"
#include "kernel/pool.h"

#define ROOM 16384
#define CHANNELS 64
/* Bytes that nobody may write lie before and after each result. */
#define FENCE 16

static int8_t x[ROOM], weights[ROOM], want[ROOM], have[ROOM + 2 * FENCE];
static int32_t bias[CHANNELS];
static tin_multiplier scale[CHANNELS];
static uint32_t packed[ROOM], scratch[ROOM];

static uint32_t draw(uint32_t* seed) {
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}
static int32_t between(uint32_t* seed, int32_t low, int32_t high) {
    return low + (int32_t)(draw(seed) % (uint32_t)(high - low + 1));
}

/* Bytes of the whole range, or of its two ends, or small ones. */
static void fill(uint32_t* seed, int8_t* to, int32_t n) {
    const int32_t kind = between(seed, 0, 3);
    for (int32_t i = 0; i < n; ++i)
        to[i] = (int8_t)(kind == 0   ? between(seed, 0, 1) * 255 - 128
                         : kind == 1 ? between(seed, -3, 3)
                                     : between(seed, -128, 127));
}

/* Shifts that lead to results in the range, mostly; now and then to the left, or so far that all rounds to zero. */
static void draw_factors(uint32_t* seed, int32_t terms, int32_t channels) {
    int32_t usual = 6;
    while (terms > 4) terms /= 4, ++usual;
    for (int32_t c = 0; c < channels; ++c) {
        bias[c] = between(seed, 0, 9) ? between(seed, -20000, 20000) : between(seed, -8000000, 8000000);
        scale[c].mantissa = INT32_C(1) << 30 | (int32_t)(draw(seed) << 7 & 0x3FFFFFFF);
        scale[c].shift = -between(seed, usual > 8 ? usual - 4 : 1, usual + 4);
    }
    if (between(seed, 0, 5) == 0)
        scale[between(seed, 0, channels - 1)].shift = between(seed, 0, 1) ? between(seed, 0, 3) : between(seed, -31, 0);
    if (between(seed, 0, 9) == 0) scale[between(seed, 0, channels - 1)].mantissa = 0;
}

static tin_mcu_range draw_range(uint32_t* seed) {
    tin_mcu_range r = {(int8_t)between(seed, -128, 127), -128, -128, 127};
    if (between(seed, 0, 1)) r.y_zero = (int8_t)between(seed, -128, 127);
    if (between(seed, 0, 3) == 0) r.low = r.y_zero;
    if (between(seed, 0, 3) == 0) r.high = (int8_t)between(seed, r.low, 127);
    return r;
}
static tin_weighted_sum plain_sum(const tin_mcu_range* r) {
    const tin_weighted_sum q = {r->x_zero, 0, r->y_zero, r->low, r->high, scale};
    return q;
}

/* Compares the first n bytes of `want` and `have`, and looks whether anything was written beyond them or beyond the scratch. */
static void compare(int32_t n, int32_t scratch_bytes, tin_check* check) {
    int wrong = memcmp(want, have + FENCE, (size_t)n) != 0;
    for (int i = 0; i < FENCE; ++i) {
        wrong |= have[i] != 77 || have[FENCE + n + i] != 77;
        wrong |= ((const int8_t*)scratch)[scratch_bytes + i] != 77;
    }
    ++check->packed;
    check->wrong += wrong;
}

static void one_pointwise(uint32_t* seed, tin_check* check) {
    tin_mcu_dense d = {between(seed, 1, 9), between(seed, 1, 70), between(seed, 1, 18), {0, 0, 0, 0}};
    d.range = draw_range(seed);
    fill(seed, x, d.rows * d.in);
    fill(seed, weights, d.out * d.in);
    draw_factors(seed, d.in, d.out);
    const tin_mcu_factors f = {weights, between(seed, 0, 3) ? bias : 0, scale};
    if (!tin_mcu_pack_pairs(d.in, d.out, &d.range, &f, packed)) return;
    tin_mcu_pointwise(&d, x, packed, scratch, have + FENCE);
    const tin_window w = {1, d.rows, 1, d.in, d.rows, 1, d.out, 1, 1, 1, 1, 1, 1, 0, 0};
    const tin_weighted_sum q = plain_sum(&d.range);
    tin_conv_i8(&w, 1, x, weights, f.bias, &q, want);
    compare(d.rows * d.out, tin_mcu_pointwise_scratch(&d), check);
}

/* A window that lies on x at least in part. */
static tin_mcu_window draw_window(uint32_t* seed, int32_t kernel_h, int32_t kernel_w, int32_t dilation) {
    tin_mcu_window w;
    memset(&w, 0, sizeof w);
    w.kernel_h = (int16_t)kernel_h;
    w.kernel_w = (int16_t)kernel_w;
    w.dilation_h = (int16_t)between(seed, 1, dilation);
    w.dilation_w = (int16_t)between(seed, 1, dilation);
    w.stride_h = (int16_t)between(seed, 1, 3);
    w.stride_w = between(seed, 0, 1) ? w.stride_h : (int16_t)between(seed, 1, 3);
    w.pad_top = (int16_t)between(seed, 0, kernel_h - 1);
    w.pad_left = (int16_t)between(seed, 0, kernel_w - 1);
    w.in_h = (int16_t)between(seed, 1, 9);
    w.in_w = (int16_t)between(seed, 1, 9);
    w.out_h = (int16_t)((w.in_h + w.pad_top - 1) / w.stride_h + 1);
    w.out_w = (int16_t)((w.in_w + w.pad_left - 1) / w.stride_w + 1);
    if (between(seed, 0, 1)) w.out_h = (int16_t)between(seed, 1, w.out_h);
    if (between(seed, 0, 1)) w.out_w = (int16_t)between(seed, 1, w.out_w);
    w.range = draw_range(seed);
    return w;
}
static tin_window plain_window(const tin_mcu_window* w) {
    const tin_window p = {1,           w->in_h,       w->in_w,       w->in_c,     w->out_h,
                          w->out_w,    w->out_c,      w->kernel_h,   w->kernel_w, w->stride_h,
                          w->stride_w, w->dilation_h, w->dilation_w, w->pad_top,  w->pad_left};
    return p;
}

static void one_depthwise_3x3(uint32_t* seed, tin_check* check) {
    tin_mcu_window w = draw_window(seed, 3, 3, 1);
    w.in_c = w.out_c = (int16_t)between(seed, 4, 14);
    fill(seed, x, w.in_h * w.in_w * w.in_c);
    fill(seed, weights, 9 * w.in_c);
    draw_factors(seed, 9, w.in_c);
    const tin_mcu_factors f = {weights, between(seed, 0, 3) ? bias : 0, scale};
    if (!tin_mcu_pack_depthwise_3x3(w.in_c, &w.range, &f, packed)) return;
    tin_mcu_depthwise_3x3(&w, x, packed, scratch, have + FENCE);
    const tin_window p = plain_window(&w);
    const tin_weighted_sum q = plain_sum(&w.range);
    tin_depthwise_conv_i8(&p, x, weights, f.bias, &q, want);
    compare(w.out_h * w.out_w * w.out_c, tin_mcu_depthwise_3x3_scratch(&w), check);
}

static void one_depthwise(uint32_t* seed, tin_check* check) {
    tin_mcu_window w = draw_window(seed, between(seed, 1, 5), between(seed, 1, 5), 2);
    const int32_t taps = w.kernel_h * w.kernel_w;
    w.in_c = w.out_c = (int16_t)between(seed, 1, 14);
    fill(seed, x, w.in_h * w.in_w * w.in_c);
    fill(seed, weights, taps * w.in_c);
    draw_factors(seed, taps, w.in_c);
    const tin_mcu_factors f = {weights, between(seed, 0, 3) ? bias : 0, scale};
    if (!tin_mcu_pack_depthwise(taps, w.in_c, &w.range, &f, packed)) return;
    tin_mcu_depthwise(&w, x, packed, have + FENCE);
    const tin_window p = plain_window(&w);
    const tin_weighted_sum q = plain_sum(&w.range);
    tin_depthwise_conv_i8(&p, x, weights, f.bias, &q, want);
    compare(w.out_h * w.out_w * w.out_c, 0, check);
}

static void one_conv(uint32_t* seed, tin_check* check) {
    tin_mcu_window w = draw_window(seed, between(seed, 1, 4), between(seed, 1, 4), 2);
    w.in_c = (int16_t)(between(seed, 0, 1) ? between(seed, 1, 7) : 4 * between(seed, 1, 3));
    w.out_c = (int16_t)between(seed, 1, 9);
    const int32_t in = w.kernel_h * w.kernel_w * w.in_c;
    fill(seed, x, w.in_h * w.in_w * w.in_c);
    fill(seed, weights, in * w.out_c);
    draw_factors(seed, in, w.out_c);
    const tin_mcu_factors f = {weights, between(seed, 0, 3) ? bias : 0, scale};
    const int depthwise = w.in_c == 1 && between(seed, 0, 1);
    if (!(depthwise ? tin_mcu_pack_one_channel : tin_mcu_pack_pairs)(in, w.out_c, &w.range, &f, packed)) return;
    tin_mcu_conv(&w, x, packed, scratch, have + FENCE);
    const tin_window p = plain_window(&w);
    const tin_weighted_sum q = plain_sum(&w.range);
    if (depthwise)
        tin_depthwise_conv_i8(&p, x, weights, f.bias, &q, want);
    else
        tin_conv_i8(&p, 1, x, weights, f.bias, &q, want);
    compare(w.out_h * w.out_w * w.out_c, tin_mcu_conv_scratch(&w), check);
}

static void one_fully_connected(uint32_t* seed, tin_check* check) {
    tin_mcu_dense d = {
        1, between(seed, 0, 3) ? between(seed, 1, 70) : between(seed, 500, 1100), between(seed, 1, 13), {0, 0, 0, 0}};
    d.range = draw_range(seed);
    fill(seed, x, d.in);
    fill(seed, weights, d.out * d.in);
    draw_factors(seed, d.in, d.out);
    if (between(seed, 0, 1))
        for (int32_t c = 1; c < d.out; ++c) scale[c] = scale[0];
    const tin_mcu_factors f = {weights, between(seed, 0, 3) ? bias : 0, scale};
    if (!tin_mcu_pack_fully_connected(d.in, d.out, &d.range, &f, packed)) return;
    tin_mcu_fully_connected(&d, x, packed, scratch, have + FENCE);
    const tin_dense p = {1, d.in, d.out};
    const tin_weighted_sum q = plain_sum(&d.range);
    tin_fully_connected_i8(&p, x, weights, f.bias, &q, want);
    compare(d.out, tin_mcu_fully_connected_scratch(&d), check);
}

/* A factor below 1, as TFLite's converter stores it. */
static tin_multiplier draw_multiplier(uint32_t* seed, int32_t least_shift, int32_t most_shift) {
    const tin_multiplier m = {INT32_C(1) << 30 | (int32_t)(draw(seed) << 7 & 0x3FFFFFFF),
                              between(seed, least_shift, most_shift)};
    return m;
}

/* All pairs of bytes, the larger of both scales as TFLite sets it: half of what 20 bits hold. */
static void one_sum(uint32_t* seed, tin_check* check) {
    const tin_multiplier half = {INT32_C(1) << 30, 0}, other = draw_multiplier(seed, -6, -1),
                         result = draw_multiplier(seed, -20, -18);
    const int larger = between(seed, 0, 1), subtract = between(seed, 0, 1);
    const tin_mcu_range r = draw_range(seed);
    const tin_binary q = {
        r.x_zero, between(seed, -128, 127), r.y_zero, larger ? half : other, larger ? other : half, result, 20, r.low, r.high};
    tin_mcu_sum s;
    if (!tin_mcu_fit_sum(&q, subtract, &s)) return;
    for (int32_t first = -128; first < 128; first += 32) {
        const int32_t n = 32 * 256 - between(seed, 0, 3);
        for (int32_t i = 0; i < n; ++i) {
            x[i] = (int8_t)(first + i / 256);
            weights[i] = (int8_t)(i % 256 - 128);
        }
        const tin_walk walk = {1, {n}, {{1}, {1}, {0}}};
        (subtract ? tin_sub_qi8 : tin_add_qi8)(x, weights, want, &walk, &q);
        memset(have, 77, sizeof have);
        tin_mcu_add(&s, x, weights, n, have + FENCE);
        compare(n, 0, check);
    }
}

/* Every window of a pool holds a cell of x: draw_window sees to it, but for kernels of one cell on padding. */
static void one_pool(uint32_t* seed, tin_check* check) {
    tin_mcu_window w = draw_window(seed, between(seed, 1, 9), between(seed, 1, 9), 1);
    w.in_c = w.out_c = (int16_t)between(seed, 1, 11);
    if (between(seed, 0, 3) == 0) {
        w.in_h = w.kernel_h = (int16_t)between(seed, 9, 35);
        w.in_w = w.kernel_w = (int16_t)between(seed, 9, 35);
        w.out_h = w.out_w = 1;
        w.pad_top = w.pad_left = 0;
    }
    fill(seed, x, w.in_h * w.in_w * w.in_c);
    const tin_window p = plain_window(&w);
    const int32_t n = w.out_h * w.out_w * w.out_c;
    if (between(seed, 0, 1)) {
        w.range.low = -128;
        w.range.high = 127;
        tin_max_pool_i8(&p, x, want);
        tin_mcu_max_pool(&w, x, have + FENCE);
    } else {
        tin_average_pool_i8(&p, x, w.range.low, w.range.high, want);
        tin_mcu_average_pool(&w, x, have + FENCE);
    }
    compare(n, 0, check);
}

static void one_mean(uint32_t* seed, tin_check* check) {
    const int32_t cells = between(seed, 1, 600), channels = between(seed, 1, 14);
    const tin_reduce_scale s = {between(seed, -128, 127), between(seed, -128, 127),
                                tin_mean_factor(draw_multiplier(seed, -3, 2), cells)};
    const tin_reduction r = {1, 1, {channels}, {1}, {cells}, {channels}};
    fill(seed, x, cells * channels);
    tin_reduce_sum_qi8(x, want, &r, &s);
    tin_mcu_mean(cells, channels, &s, x, have + FENCE);
    compare(channels, 0, check);
}

const tin_layer_check tin_layer_checks[] = {{"pointwise", one_pointwise, 2000},
                                            {"depthwise_3x3", one_depthwise_3x3, 2000},
                                            {"depthwise", one_depthwise, 2000},
                                            {"conv", one_conv, 2000},
                                            {"fully_connected", one_fully_connected, 1000},
                                            {"sum", one_sum, 50},
                                            {"pool", one_pool, 1000},
                                            {"mean", one_mean, 1000},
                                            {0, 0, 0}};

tin_check tin_check_layers(const tin_layer_check* what, uint32_t seed, int times) {
    tin_check check = {0, 0, 0};
    for (int i = 0; i < times && !check.wrong; ++i) {
        memset(have, 77, sizeof have);
        memset(scratch, 77, sizeof scratch);
        ++check.drawn;
        what->one(&seed, &check);
    }
    return check;
}
