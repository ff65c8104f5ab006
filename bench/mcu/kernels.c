/* Instructions that each kernel for microcontrollers takes on the layers in layers.inc, one line each: with QEMU's -icount shift=0 an
 * instruction is a nanosecond. NS_IN_FOUR_TICKS says how fast a board's SysTick
 * counts; RISC-V counts instructions itself. Outputs count as MACs of layers without any. */
#include <stdio.h>
#include <string.h>

#include "kernel/mcu/conv.h"
#include "kernel/mcu/depthwise.h"
#include "kernel/mcu/depthwise_3x3.h"
#include "kernel/mcu/fully_connected.h"
#include "kernel/mcu/pack.h"
#include "kernel/mcu/pointwise.h"
#include "kernel/mcu/pool.h"
#include "kernel/mcu/sum.h"

#define ROOM 140000

typedef enum { POINTWISE, CONV, ONE_CHANNEL, DEPTHWISE_3X3, DEPTHWISE, FULLY_CONNECTED, ADD, AVERAGE_POOL } kind;
typedef struct {
    const char* model;
    kind what;
    int y_zero;
    int in_h, in_w, in_c, out_h, out_w, out_c, kernel_h, kernel_w, stride, pad_top, pad_left;
} layer;
static const layer layers[] = {
#include "layers.inc"
};

static int8_t x[ROOM], y[ROOM], weights[ROOM];
static int32_t bias[1024];
static tin_multiplier scale[1024];
static uint32_t packed[ROOM / 2], scratch[4096];

#if defined(__riscv)
static void start_clock(void) {}
static uint32_t clock_ns(void) {
    uint32_t instructions;
    __asm__ volatile(".option push\n.option arch, +zicsr\ncsrr %0, minstret\n.option pop" : "=r"(instructions));
    return instructions;
}
#else
static volatile uint32_t* const systick = (volatile uint32_t*)0xE000E010u;
static void start_clock(void) {
    systick[1] = 0xFFFFFFu;
    systick[2] = 0;
    systick[0] = 5;
    while (systick[2] == 0) continue;
}
static uint32_t clock_ns(void) { return (0xFFFFFFu - systick[2]) * NS_IN_FOUR_TICKS / 4; }
#endif

static const tin_mcu_sum sum = {1 << 20, 1 << 19, 1 << 20, 21, -128, 127};

static void run(const layer* l, const tin_mcu_window* w, const tin_mcu_dense* d) {
    if (l->what == POINTWISE)
        tin_mcu_pointwise(d, x, packed, scratch, y);
    else if (l->what == DEPTHWISE_3X3)
        tin_mcu_depthwise_3x3(w, x, packed, scratch, y);
    else if (l->what == DEPTHWISE)
        tin_mcu_depthwise(w, x, packed, y);
    else if (l->what == ADD)
        tin_mcu_add(&sum, x, weights, d->rows * d->out, y);
    else if (l->what == AVERAGE_POOL)
        tin_mcu_average_pool(w, x, y);
    else if (l->what == FULLY_CONNECTED)
        tin_mcu_fully_connected(d, x, packed, scratch, y);
    else
        tin_mcu_conv(w, x, packed, scratch, y);
}

static void measure(const layer* l) {
    const tin_mcu_range range = {3, (int8_t)l->y_zero, -128, 127};
    const tin_mcu_window w = {(int16_t)l->in_h,
                              (int16_t)l->in_w,
                              (int16_t)l->in_c,
                              (int16_t)l->out_h,
                              (int16_t)l->out_w,
                              (int16_t)l->out_c,
                              (int16_t)l->kernel_h,
                              (int16_t)l->kernel_w,
                              (int16_t)l->stride,
                              (int16_t)l->stride,
                              1,
                              1,
                              (int16_t)l->pad_top,
                              (int16_t)l->pad_left,
                              range};
    const tin_mcu_dense d = {l->out_h * l->out_w, l->in_c, l->out_c, range};
    const int in = l->kernel_h * l->kernel_w * (l->what == DEPTHWISE_3X3 || l->what == DEPTHWISE ? 1 : l->in_c);
    const tin_mcu_factors f = {weights, bias, scale};
    const int none = l->what == ADD || l->what == AVERAGE_POOL, macs = l->out_h * l->out_w * l->out_c * (none ? 1 : in);
    const size_t words = none                         ? 0
                         : l->what == DEPTHWISE       ? tin_mcu_pack_depthwise(in, l->out_c, &range, &f, packed)
                         : l->what == DEPTHWISE_3X3   ? tin_mcu_pack_depthwise_3x3(l->out_c, &range, &f, packed)
                         : l->what == FULLY_CONNECTED ? tin_mcu_pack_fully_connected(in, l->out_c, &range, &f, packed)
                         : l->what == ONE_CHANNEL     ? tin_mcu_pack_one_channel(in, l->out_c, &range, &f, packed)
                                                      : tin_mcu_pack_pairs(in, l->out_c, &range, &f, packed);
    start_clock();
    const uint32_t before = clock_ns();
    run(l, &w, &d);
    const uint32_t after = clock_ns();
    printf("%s,%d,%d,%d,%d,%d,%d,%d,%d,%d,%lu,%lu,%lu\n", l->model, (int)l->what, l->in_h, l->in_w, l->in_c, l->out_c,
           l->kernel_h, l->kernel_w, l->stride, l->y_zero, (unsigned long)macs, (unsigned long)(after - before),
           (unsigned long)(4 * words));
}

int main(void) {
    uint32_t seed = 1;
    for (int i = 0; i < ROOM; ++i) {
        seed = seed * 1664525u + 1013904223u;
        x[i] = (int8_t)(seed >> 24);
        weights[i] = (int8_t)((int)(seed >> 16 & 63u) - 32);
    }
    for (int c = 0; c < 1024; ++c) {
        scale[c].mantissa = INT32_C(1) << 30 | c << 18;
        scale[c].shift = -8 - c % 3;
    }
    for (size_t i = 0; i < sizeof layers / sizeof *layers; ++i) measure(layers + i);
    return 0;
}
