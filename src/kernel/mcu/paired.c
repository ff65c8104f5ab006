#include "kernel/mcu/paired.h"

#include "kernel/mcu/requantise.h"

#if TIN_MCU_DSP
/* The results of the first pixel go from y to y_end. */
typedef struct {
    const uint32_t* lanes;
    uint32_t skip; /* bytes of code that the first turn leaves out */
    int32_t zero_2_plus_1, second;
    const uint32_t* lanes_end;
    const int8_t* y_end;
} tin_mcu_pair_run;

#if defined(__ARM_FEATURE_DSP)
#define UNUSED __attribute__((unused))
/* Four groups of four inputs a turn; the first turn enters where the number of groups asks for: a group is twelve instructions of 4
 * bytes. r0 lanes, r1 weights, r2 and r3 sums 256 a + b and b of the first pixel, r12 and r14 those of the second, r10 y, r11 the end
 * of the lanes. */
#define TIN_MCU_GROUP                 \
    "ldmia.w r0!, {r4, r5, r6, r7}\n" \
    "ldrd r8, r9, [r1], #8\n"         \
    "smlad r2, r4, r8, r2\n"          \
    "smlad r12, r5, r8, r12\n"        \
    "sxtb16 r8, r8\n"                 \
    "smlad r3, r4, r8, r3\n"          \
    "smlad r14, r5, r8, r14\n"        \
    "smlad r2, r6, r9, r2\n"          \
    "smlad r12, r7, r9, r12\n"        \
    "sxtb16 r9, r9\n"                 \
    "smlad r3, r6, r9, r3\n"          \
    "smlad r14, r7, r9, r14\n"
/* From doubled sums to products, r0 and r7 being added to a's and b's. */
#define TIN_MCU_PRODUCTS        \
    "smmlar r2, r2, r4, r0\n"   \
    "smmlar r12, r12, r4, r0\n" \
    "smmlar r3, r3, r5, r7\n"   \
    "smmlar r14, r14, r5, r7\n"
#define TIN_MCU_PRODUCTS_SIGNED   \
    "add r11, r0, r2, asr #31\n"  \
    "smmlar r2, r2, r4, r11\n"    \
    "add r11, r0, r12, asr #31\n" \
    "smmlar r12, r12, r4, r11\n"  \
    "add r11, r7, r3, asr #31\n"  \
    "smmlar r3, r3, r5, r11\n"    \
    "add r11, r7, r14, asr #31\n" \
    "smmlar r14, r14, r5, r11\n"
#define TIN_MCU_PAIRS(name, products, reload)                                                                                  \
    __attribute__((naked, noinline)) static const uint32_t* name(UNUSED const tin_mcu_pair_run* run, UNUSED const uint32_t* w, \
                                                                 UNUSED int8_t* y) {                                           \
        __asm__(                                                                                                               \
            "push {r4-r11, r14}\n"                                                                                             \
            "mov r10, r2\n"                                                                                                    \
            "ldmia r0, {r4, r5, r6, r7, r11, r12}\n"                                                                           \
            "push {r4, r5, r6, r7, r11, r12}\n"                                                                                \
            "2: ldrd r2, r3, [r1], #8\n"                                                                                       \
            "ldrd r0, r4, [sp]\n"                                                                                              \
            "mov r12, r2\n"                                                                                                    \
            "mov r14, r3\n"                                                                                                    \
            "add pc, r4\n"                                                                                                     \
            "nop\n"                                                                                                            \
            "1:\n" TIN_MCU_GROUP TIN_MCU_GROUP TIN_MCU_GROUP TIN_MCU_GROUP                                                     \
            "cmp r0, r11\n"                                                                                                    \
            "bne 1b\n"                                                                                                         \
            "ldmia r1!, {r4, r5, r6}\n"                                                                                        \
            "ldrd r7, r8, [sp, #8]\n"                                                                                          \
            "lsr r9, r6, #8\n"                                                                                                 \
            "lsl r0, r7, r6\n"                                                                                                 \
            "lsl r7, r7, r9\n"                                                                                                 \
            "sub r2, r2, r3\n"                                                                                                 \
            "sub r12, r12, r14\n"                                                                                              \
            "asr r2, r2, #7\n"                                                                                                 \
            "asr r12, r12, #7\n"                                                                                               \
            "lsl r3, r3, #1\n"                                                                                                 \
            "lsl r14, r14, #1\n" products                                                                                      \
            "asr r2, r2, r6\n"                                                                                                 \
            "asr r12, r12, r6\n"                                                                                               \
            "asr r3, r3, r9\n"                                                                                                 \
            "asr r14, r14, r9\n"                                                                                               \
            "ssat r2, #8, r2, asr #1\n"                                                                                        \
            "ssat r12, #8, r12, asr #1\n"                                                                                      \
            "ssat r3, #8, r3, asr #1\n"                                                                                        \
            "ssat r14, #8, r14, asr #1\n"                                                                                      \
            "strb r12, [r10, r8]\n"                                                                                            \
            "strb r2, [r10], #1\n"                                                                                             \
            "strb r14, [r10, r8]\n"                                                                                            \
            "strb r3, [r10], #1\n" reload                                                                                      \
            "cmp r10, r4\n"                                                                                                    \
            "bne 2b\n"                                                                                                         \
            "mov r0, r1\n"                                                                                                     \
            "add sp, sp, #24\n"                                                                                                \
            "pop {r4-r11, pc}\n");                                                                                             \
    }
TIN_MCU_PAIRS(tin_mcu_pairs, TIN_MCU_PRODUCTS, "ldr r4, [sp, #20]\n")
TIN_MCU_PAIRS(tin_mcu_pairs_signed, TIN_MCU_PRODUCTS_SIGNED,
              "ldr r4, [sp, #20]\n"
              "ldr r11, [sp, #16]\n")
#undef TIN_MCU_GROUP
#undef TIN_MCU_PRODUCTS
#undef TIN_MCU_PRODUCTS_SIGNED
#undef TIN_MCU_PAIRS
#else
static inline const uint32_t* tin_mcu_each_pair(const tin_mcu_pair_run* run, const uint32_t* w, int exact_below_zero,
                                                int8_t* y) {
    for (; y != run->y_end; y += 2, w += 3) {
        int32_t a[2] = {(int32_t)w[0], (int32_t)w[0]}, b[2] = {(int32_t)w[1], (int32_t)w[1]};
        w += 2;
        for (const uint32_t* x = run->lanes; x != run->lanes_end; x += 2, ++w)
            for (int32_t p = 0; p < 2; ++p) {
                a[p] = tin_smlad(x[p], *w, a[p]);
                b[p] = tin_smlad(x[p], tin_even_bytes(*w), b[p]);
            }
        const uint32_t ea = w[2] & 0xFFu, eb = w[2] >> 8;
        const int32_t half_a = tin_mcu_half(run->zero_2_plus_1, ea), half_b = tin_mcu_half(run->zero_2_plus_1, eb);
        for (int32_t p = 1; p >= 0; --p) {
            int8_t* to = y + p * run->second;
            to[0] = (int8_t)tin_mcu_stored((int32_t)((uint32_t)a[p] - (uint32_t)b[p]) >> 7, (int32_t)w[0], half_a, ea,
                                           exact_below_zero);
            to[1] = (int8_t)tin_mcu_stored(b[p] * 2, (int32_t)w[1], half_b, eb, exact_below_zero);
        }
    }
    return w;
}
static inline const uint32_t* tin_mcu_pairs(const tin_mcu_pair_run* run, const uint32_t* w, int8_t* y) {
    return tin_mcu_each_pair(run, w, 0, y);
}
static inline const uint32_t* tin_mcu_pairs_signed(const tin_mcu_pair_run* run, const uint32_t* w, int8_t* y) {
    return tin_mcu_each_pair(run, w, 1, y);
}
#endif

uint32_t* tin_mcu_spread(const int8_t* p, const int8_t* q, int32_t n, uint32_t* lanes) {
    for (const int8_t* end = p + (n & ~3); p != end; p += 4, q += 4, lanes += 4) {
        const uint32_t a = tin_load_word(p), b = tin_load_word(q);
        lanes[0] = tin_even_bytes(a);
        lanes[1] = tin_even_bytes(b);
        lanes[2] = tin_odd_bytes(a);
        lanes[3] = tin_odd_bytes(b);
    }
    if ((n & 3) == 0) return lanes;
    int8_t a[4] = {0, 0, 0, 0}, b[4] = {0, 0, 0, 0};
    for (int32_t i = 0; i < (n & 3); ++i) {
        a[i] = p[i];
        b[i] = q[i];
    }
    return tin_mcu_spread(a, b, 4, lanes);
}

static const uint32_t* run_pairs(const tin_mcu_pair_run* run, const tin_mcu_paired* d, const uint32_t* w, int8_t* y) {
    return d->y_zero == -128 ? tin_mcu_pairs(run, w, y) : tin_mcu_pairs_signed(run, w, y);
}

void tin_mcu_paired_lanes(const tin_mcu_paired* d, const uint32_t* lanes, int8_t* y, int32_t second) {
    const int32_t groups = (d->in + 3) / 4, even = d->out & ~1;
    tin_mcu_pair_run run = {lanes, (uint32_t)(-groups & 3) * 48u, 2 * d->y_zero + 1, second, lanes + 4 * groups, y + even};
    const uint32_t* w = d->packed;
    if (even) w = run_pairs(&run, d, w, y);
    if (d->out & 1) {
        int8_t last[4];
        run.second = 2;
        run.y_end = last + 2;
        run_pairs(&run, d, w, last);
        y[even + second] = last[2];
        y[even] = last[0];
    }
}
#else
static void add_term(int32_t x, const int8_t* lane, int32_t* a, int32_t* b) {
    int16_t both;
    memcpy(&both, lane, sizeof both);
    *a = (int32_t)((uint32_t)*a + (uint32_t)(x * both));
    *b = (int32_t)((uint32_t)*b + (uint32_t)(x * *lane));
}

void tin_mcu_paired_rows(const tin_mcu_paired* d, const int8_t* x, int32_t step, int8_t* y, int32_t second) {
    const uint32_t* w = d->packed;
    const int32_t whole = d->in & ~3;
    const int signed_y = d->y_zero != -128;
    for (int32_t c = 0; c < d->out; c += 2, w += 3) {
        int32_t a0 = (int32_t)w[0], b0 = (int32_t)w[1], a1 = a0, b1 = b0;
        const int8_t *p = x, *q = x + step, *lane = (const int8_t*)(w + 2);
        for (const int8_t* end = p + whole; p != end; p += 4, q += 4, lane += 8)
            for (int i = 0; i < 4; ++i) {
                const int at = 2 * (i >> 1 | (i & 1) << 1);
                add_term(p[i], lane + at, &a0, &b0);
                add_term(q[i], lane + at, &a1, &b1);
            }
        for (int i = 0; i < d->in - whole; ++i) {
            const int at = 2 * (i >> 1 | (i & 1) << 1);
            add_term(p[i], lane + at, &a0, &b0);
            add_term(q[i], lane + at, &a1, &b1);
        }
        w += 2 + (d->in + 3) / 4 * 2;
        const uint32_t ea = w[2] & 0xFFu, eb = w[2] >> 8;
        const int32_t half_a = tin_mcu_half(2 * d->y_zero + 1, ea), half_b = tin_mcu_half(2 * d->y_zero + 1, eb);
        a0 = (int32_t)((uint32_t)a0 - (uint32_t)b0) >> 7;
        a1 = (int32_t)((uint32_t)a1 - (uint32_t)b1) >> 7;
        y[c + second] = (int8_t)tin_mcu_stored(a1, (int32_t)w[0], half_a, ea, signed_y);
        y[c] = (int8_t)tin_mcu_stored(a0, (int32_t)w[0], half_a, ea, signed_y);
        if (c + 1 == d->out) return;
        y[c + 1 + second] = (int8_t)tin_mcu_stored(b1 * 2, (int32_t)w[1], half_b, eb, signed_y);
        y[c + 1] = (int8_t)tin_mcu_stored(b0 * 2, (int32_t)w[1], half_b, eb, signed_y);
    }
}
#endif
