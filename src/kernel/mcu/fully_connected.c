#include "kernel/mcu/fully_connected.h"

#include "kernel/mcu/requantise.h"
#if TIN_MCU_MVE
#include "kernel/mcu/mve.h"
#endif

/* Whether a row is spread to lanes first. */
#define SPREAD (TIN_MCU_DSP && !TIN_MCU_MVE)

/* The dot products of a chunk with four channels: sum[0] = 256 a + b and sum[1] = b of the first two, sum[2] and sum[3] of the others.
 * Returns the end of the weights. */
#if SPREAD && TIN_MCU_ARM
#define UNUSED __attribute__((unused))
/* Four groups of four inputs a turn; the first turn enters where their number asks for: a group is 14 instructions of 4 bytes. */
#define GROUP                             \
    "ldrd r8, r9, [r0], #8\n"             \
    "ldmia.w r2!, {r10, r11, r12, r14}\n" \
    "smlad r4, r8, r10, r4\n"             \
    "smlad r6, r8, r12, r6\n"             \
    "sxtb16 r10, r10\n"                   \
    "sxtb16 r12, r12\n"                   \
    "smlad r5, r8, r10, r5\n"             \
    "smlad r7, r8, r12, r7\n"             \
    "smlad r4, r9, r11, r4\n"             \
    "smlad r6, r9, r14, r6\n"             \
    "sxtb16 r11, r11\n"                   \
    "sxtb16 r14, r14\n"                   \
    "smlad r5, r9, r11, r5\n"             \
    "smlad r7, r9, r14, r7\n"
__attribute__((naked, noinline)) static const uint32_t* four_sums(UNUSED const uint32_t* x, UNUSED const uint32_t* x_end,
                                                                  UNUSED const uint32_t* w, UNUSED int32_t* sum) {
    __asm__(
        "push {r4-r11, r14}\n"
        "sub r8, r0, r1\n"
        "and r8, r8, #24\n"
        "rsb r8, r8, r8, lsl #3\n"
        "mov r4, #0\n"
        "mov r5, #0\n"
        "mov r6, #0\n"
        "mov r7, #0\n"
        "add pc, r8\n"
        "nop\n"
        "1:\n" GROUP GROUP GROUP GROUP
        "cmp r0, r1\n"
        "bne 1b\n"
        "stmia r3, {r4, r5, r6, r7}\n"
        "mov r0, r2\n"
        "pop {r4-r11, pc}\n");
}
#undef GROUP
#undef UNUSED
#elif SPREAD
static const uint32_t* four_sums(const uint32_t* x, const uint32_t* x_end, const uint32_t* w, int32_t* sum) {
    for (int i = 0; i < 4; ++i) sum[i] = 0;
    for (; x != x_end; x += 2, w += 4)
        for (int i = 0; i < 4; ++i) {
            sum[i & 2] = tin_smlad(x[i & 1], w[i], sum[i & 2]);
            sum[i | 1] = tin_smlad(x[i & 1], tin_even_bytes(w[i]), sum[i | 1]);
        }
    return w;
}
#elif TIN_MCU_MVE
/* Two groups of four inputs at a time: of the first two channels words 0, 1, 4, 5, of the others words 2, 3, 6, 7. */
static const uint32_t* four_sums(const int8_t* x, const int8_t* x_end, const uint32_t* w, int32_t* sum) {
    static const uint32_t words[4] = {0, 4, 16, 20};
    const uint32x4_t places = vldrwq_u32(words);
    const uint16x8_t inputs = tin_mcu_lane_inputs();
    const uint32_t* end = w + (x_end - x + 3) / 4 * 4;
    int32_t a = 0, b = 0, c = 0, d = 0;
    for (; x_end - x >= 8; x += 8, w += 8) {
        const int16x8_t lanes = vldrbq_gather_offset_s16(x, inputs);
        tin_mcu_add_lanes(lanes, vreinterpretq_s16_u32(vldrwq_gather_offset_u32(w, places)), &a, &b);
        tin_mcu_add_lanes(lanes, vreinterpretq_s16_u32(vldrwq_gather_offset_u32(w + 2, places)), &c, &d);
    }
    if (x != x_end) {
        const mve_pred16_t which = tin_mcu_lanes_before(inputs, (int32_t)(x_end - x)), whole = vctp32q(x_end - x > 4 ? 4 : 2);
        const int16x8_t lanes = vldrbq_gather_offset_z_s16(x, inputs, which);
        tin_mcu_add_lanes(lanes, vreinterpretq_s16_u32(vldrwq_gather_offset_z_u32(w, places, whole)), &a, &b);
        tin_mcu_add_lanes(lanes, vreinterpretq_s16_u32(vldrwq_gather_offset_z_u32(w + 2, places, whole)), &c, &d);
    }
    sum[0] = a;
    sum[1] = b;
    sum[2] = c;
    sum[3] = d;
    return end;
}
#else
/* Input i, whose lane is k, by four channels. */
#define TERM(i, k)                                                                               \
    do {                                                                                         \
        const int32_t first = tin_load_lane(w, k), second = tin_load_lane(w, (k) + 4), v = x[i]; \
        a += (uint32_t)(v * first), b += (uint32_t)(v * (int8_t)first);                          \
        c += (uint32_t)(v * second), d += (uint32_t)(v * (int8_t)second);                        \
    } while (0)
static const uint32_t* four_sums(const int8_t* x, const int8_t* x_end, const uint32_t* w, int32_t* sum) {
    uint32_t a = 0, b = 0, c = 0, d = 0;
    for (; x_end - x >= 4; x += 4, w += 4) {
        TERM(0, 0);
        TERM(2, 1);
        TERM(1, 2);
        TERM(3, 3);
    }
    if (x_end - x > 0) TERM(0, 0);
    if (x_end - x > 1) TERM(1, 2);
    if (x_end - x > 2) TERM(2, 1);
    sum[0] = (int32_t)a;
    sum[1] = (int32_t)b;
    sum[2] = (int32_t)c;
    sum[3] = (int32_t)d;
    return x == x_end ? w : w + 4;
}
#undef TERM
#endif

/* One row as lanes: for each four inputs the even ones, then the odd ones. What lies beyond n meets weights of 0. */
#if SPREAD
static uint32_t* spread(const int8_t* x, int32_t n, uint32_t* lanes) {
    for (; n >= 4; n -= 4, x += 4, lanes += 2) {
        const uint32_t four = tin_load_word(x);
        lanes[0] = tin_even_bytes(four);
        lanes[1] = tin_odd_bytes(four);
    }
    if (n == 0) return lanes;
    int8_t last[4] = {0, 0, 0, 0};
    for (int32_t i = 0; i < n; ++i) last[i] = x[i];
    return spread(last, 4, lanes);
}
#endif

/* The stored results of four channels, of which n are kept. */
static inline void store(const int32_t* sum, const uint32_t* factors, int32_t zero_2_plus_1, int exact, int32_t n, int8_t* y) {
    const uint32_t shifts = factors[4];
    int8_t four[4];
#define ONE(k)                                                                              \
    four[k] = (int8_t)tin_mcu_stored((int32_t)((uint32_t)sum[k] * 2u), (int32_t)factors[k], \
                                     tin_mcu_half(zero_2_plus_1, shifts >> 8 * (k)&0x1Fu), shifts >> 8 * (k)&0x1Fu, exact)
    ONE(0);
    ONE(1);
    ONE(2);
    ONE(3);
#undef ONE
    if (TIN_MCU_LEFT_SHIFTS(shifts))
        for (int32_t k = 0; k < 4; ++k)
            four[k] = (int8_t)tin_mcu_stored_any((int32_t)((uint32_t)sum[k] * 2u), (int32_t)factors[k], shifts >> 8 * k & 0xFFu,
                                                 zero_2_plus_1);
    if (n >= 4) {
        memcpy(y, four, sizeof four);
        return;
    }
    for (int32_t k = 0; k < n; ++k) y[k] = four[k];
}

void tin_mcu_fully_connected(const tin_mcu_dense* d, const int8_t* x, const uint32_t* packed, void* scratch, int8_t* y) {
    const int32_t out = (d->out + 3) / 4 * 4, factors_step = (int32_t)packed[0];
    const int32_t zero_2_plus_1 = 2 * d->range.y_zero + 1, exact = d->range.y_zero != -128;
    const uint32_t *w = packed + 1, *bias = w + (d->in + 3) / 4 * out, *factors = bias + out;
    int32_t* sums = (int32_t*)scratch + TIN_MCU_CHUNK / 2;
    for (int32_t at = 0; at < d->in; at += TIN_MCU_CHUNK) {
        const int32_t n = d->in - at < TIN_MCU_CHUNK ? d->in - at : TIN_MCU_CHUNK, last = at + n == d->in;
        const int32_t* before = at ? sums : (const int32_t*)bias;
#if SPREAD
        const uint32_t *begin = (const uint32_t*)scratch, *end = spread(x + at, n, (uint32_t*)scratch);
#else
        const int8_t *begin = x + at, *end = begin + n;
#endif
        for (int32_t c = 0; c < out; c += 4) {
            int32_t sum[4];
            w = four_sums(begin, end, w, sum);
            sum[0] = ((int32_t)((uint32_t)sum[0] - (uint32_t)sum[1]) >> 8) + before[c];
            sum[1] += before[c + 1];
            sum[2] = ((int32_t)((uint32_t)sum[2] - (uint32_t)sum[3]) >> 8) + before[c + 2];
            sum[3] += before[c + 3];
            if (last) {
                store(sum, factors, zero_2_plus_1, exact, d->out - c, y + c);
                factors += factors_step;
            } else {
                memcpy(sums + c, sum, sizeof sum);
            }
        }
    }
    tin_mcu_limit(y, d->out, d->range.low, d->range.high);
}
