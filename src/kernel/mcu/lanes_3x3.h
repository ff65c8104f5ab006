/* The inner loops of depthwise_3x3.c. Four channels of a row of windows lie in columns of eight words, two for each channel: the lanes
 * of rows 0 and 1, then those of rows 2 and 3 (for two rows of outputs) or row 2 in the low lane (for one). */
#ifndef TIN_KERNEL_MCU_LANES_3X3_H
#define TIN_KERNEL_MCU_LANES_3X3_H
#include "kernel/mcu/requantise.h"

typedef struct {
    const int8_t* row[4];
    int32_t step; /* bytes from column to column */
} tin_mcu_rows;

/* One channel of one or two rows of outputs, several times over; the second row is `second` bytes after the first; it is the first again where that is 0. */
typedef struct {
    const uint32_t* channel; /* as in depthwise_3x3.h */
    const uint32_t* columns;
    int8_t* y;
    int32_t zero_2_plus_1, second, y_step;
    const uint32_t* columns_end;
    int32_t column_step; /* bytes */
    /* So many times: what is added to columns_end, to the columns where a row of windows ends, and to y there. */
    int32_t block_step, column_skip, y_skip, blocks;
} tin_mcu_3x3_run;

#if TIN_MCU_DSP
/* With any shift. */
static void tin_mcu_3x3_any(const tin_mcu_3x3_run* run, int32_t rows) {
    const uint32_t shift = run->channel[2] >> 24;
    const uint32_t *at = run->columns, *end = run->columns_end;
    int8_t* y = run->y;
    for (int32_t block = 0; block < run->blocks;
         ++block, at += run->column_skip / 4, end += run->block_step / 4, y += run->y_skip)
        for (; at != end; at += run->column_step / 4, y += run->y_step) {
            int32_t sum[2] = {(int32_t)(run->channel[0] * 2), (int32_t)(run->channel[0] * 2)};
            for (int32_t kx = 0; kx < 3; ++kx) {
                const uint32_t bytes = run->channel[2 + kx], even = tin_even_bytes(bytes), odd = tin_odd_bytes(bytes);
                const uint32_t first = tin_low_lanes(2 * even, 2 * odd), p = at[8 * kx], q = at[8 * kx + 1];
                const uint32_t second = tin_low_high(2 * odd, 2 * (even & 0xFFFF0000u));
                sum[0] = tin_smlabt(q, second, tin_smlad(p, first, sum[0]));
                sum[1] = tin_smlad(q, second, tin_smlatb(p, first, sum[1]));
            }
            for (int32_t i = rows; i-- > 0;)
                y[i * run->second] = (int8_t)tin_mcu_stored_any(sum[i], (int32_t)run->channel[1], shift, run->zero_2_plus_1);
        }
}
#endif

#if TIN_MCU_ARM
#define UNUSED __attribute__((unused))
/* r0, r2, r3, r4 ends of the rows, r1 columns, r5 offset from the ends, r6 step. Two bytes each of two rows are put side by side before
 * their signs are extended. */
__attribute__((naked, noinline)) static void tin_mcu_load_4_rows(UNUSED const tin_mcu_rows* from, UNUSED int32_t n,
                                                                 UNUSED uint32_t* columns) {
    __asm__(
        "push {r4-r11, r14}\n"
        "ldr r6, [r0, #16]\n"
        "mul r5, r1, r6\n"
        "mov r1, r2\n"
        "ldmia r0, {r0, r2, r3, r4}\n"
        "add r0, r0, r5\n"
        "add r2, r2, r5\n"
        "add r3, r3, r5\n"
        "add r4, r4, r5\n"
        "rsbs r5, r5, #0\n"
        "beq 2f\n"
        "1: ldr r8, [r0, r5]\n"
        "ldr r9, [r2, r5]\n"
        "ldr r10, [r3, r5]\n"
        "ldr r11, [r4, r5]\n"
        "pkhbt r14, r10, r11, lsl #16\n"
        "pkhtb r11, r11, r10, asr #16\n"
        "pkhbt r10, r8, r9, lsl #16\n"
        "pkhtb r9, r9, r8, asr #16\n"
        "sxtb16 r7, r10\n"
        "sxtb16 r8, r14\n"
        "sxtb16 r10, r10, ror #8\n"
        "sxtb16 r14, r14, ror #8\n"
        "stmia r1!, {r7, r8, r10, r14}\n"
        "sxtb16 r7, r9\n"
        "sxtb16 r8, r11\n"
        "sxtb16 r9, r9, ror #8\n"
        "sxtb16 r11, r11, ror #8\n"
        "stmia r1!, {r7, r8, r9, r11}\n"
        "adds r5, r5, r6\n"
        "bne 1b\n"
        "2: pop {r4-r11, pc}\n");
}
__attribute__((naked, noinline)) static void tin_mcu_load_3_rows(UNUSED const tin_mcu_rows* from, UNUSED int32_t n,
                                                                 UNUSED uint32_t* columns) {
    __asm__(
        "push {r4-r11, r14}\n"
        "ldr r6, [r0, #16]\n"
        "mul r5, r1, r6\n"
        "mov r1, r2\n"
        "ldmia r0, {r0, r2, r3}\n"
        "add r0, r0, r5\n"
        "add r2, r2, r5\n"
        "add r3, r3, r5\n"
        "rsbs r5, r5, #0\n"
        "beq 2f\n"
        "1: ldr r8, [r0, r5]\n"
        "ldr r9, [r2, r5]\n"
        "ldr r10, [r3, r5]\n"
        "pkhbt r11, r8, r9, lsl #16\n"
        "pkhtb r9, r9, r8, asr #16\n"
        "sxtb16 r7, r11\n"
        "sxtb16 r8, r10\n"
        "sxtb16 r11, r11, ror #8\n"
        "sxtb16 r12, r10, ror #8\n"
        "stmia r1!, {r7, r8, r11, r12}\n"
        "sxtb16 r7, r9\n"
        "sxtb16 r8, r10, ror #16\n"
        "sxtb16 r9, r9, ror #8\n"
        "sxtb16 r10, r10, ror #24\n"
        "stmia r1!, {r7, r8, r9, r10}\n"
        "adds r5, r5, r6\n"
        "bne 1b\n"
        "2: pop {r4-r11, pc}\n");
}

/* Rows 0 and 1 of a column of weights as lanes, and rows 1 and 2, all doubled. */
#define TIN_MCU_WEIGHTS(bytes, first, second) \
    "sxtb16 r12, " bytes                      \
    "\n"                                      \
    "sxtb16 r14, " bytes                      \
    ", ror #8\n"                              \
    "sadd16 r12, r12, r12\n"                  \
    "sadd16 r14, r14, r14\n"                  \
    "pkhbt " first                            \
    ", r12, r14, lsl #16\n"                   \
    "pkhbt " second ", r14, r12\n"
#define TIN_MCU_COLUMN_2(at, first, second) \
    "ldrd r10, r11, [r0, #" at              \
    "]\n"                                   \
    "smlad r2, r10, " first                 \
    ", r2\n"                                \
    "smlabt r2, r11, " second               \
    ", r2\n"                                \
    "smlatb r3, r10, " first                \
    ", r3\n"                                \
    "smlad r3, r11, " second ", r3\n"
#define TIN_MCU_COLUMN_1(at, first, second) \
    "ldrd r10, r11, [r0, #" at              \
    "]\n"                                   \
    "smlad r2, r10, " first                 \
    ", r2\n"                                \
    "smlabt r2, r11, " second ", r2\n"
/* r4 to r9 weights, r0 columns, r1 y, r2 and r3 sums. On the stack: mantissa, half, shift, what is `fourth`, y_step, columns_end,
 * doubled bias, block_step, column_skip, y_skip, blocks. */
#define TIN_MCU_3X3(name, fourth, body)                                                         \
    __attribute__((naked, noinline)) static void name(UNUSED const tin_mcu_3x3_run* run) {      \
        __asm__(                                                                                \
            "push {r4-r11, r14}\n"                                                              \
            "add r12, r0, #32\n"                                                                \
            "ldmia r12, {r4, r5, r6, r7}\n"                                                     \
            "push {r4, r5, r6, r7}\n"                                                           \
            "ldmia r0, {r3, r4, r5, r6, r7, r8, r9}\n"                                          \
            "ldr r10, [r0, #28]\n"                                                              \
            "mov r0, r4\n"                                                                      \
            "mov r1, r5\n"                                                                      \
            "ldmia r3, {r2, r3, r4, r5, r12}\n"                                                 \
            "lsl r2, r2, #1\n"                                                                  \
            "lsr r11, r4, #24\n"                                                                \
            "lsl r6, r6, r11\n"                                                                 \
            "push {r2}\n"                                                                       \
            "push {r8, r9}\n"                                                                   \
            "push {" fourth                                                                     \
            "}\n"                                                                               \
            "push {r3, r6, r11}\n"                                                              \
            "mov r10, r12\n"                                                                    \
            "mov r11, r4\n"                                                                     \
            "mov r6, r5\n" TIN_MCU_WEIGHTS("r11", "r4", "r5") TIN_MCU_WEIGHTS("r6", "r6", "r7") \
                TIN_MCU_WEIGHTS("r10", "r8", "r9") "1: ldr r2, [sp, #24]\n" body                \
                                                   "cmp r0, r11\n"                              \
                                                   "bne 1b\n"                                   \
                                                   "ldr r10, [sp, #40]\n"                       \
                                                   "subs r10, r10, #1\n"                        \
                                                   "beq 2f\n"                                   \
                                                   "str r10, [sp, #40]\n"                       \
                                                   "ldrd r10, r12, [sp, #28]\n"                 \
                                                   "add r11, r11, r10\n"                        \
                                                   "str r11, [sp, #20]\n"                       \
                                                   "ldr r10, [sp, #36]\n"                       \
                                                   "add r0, r0, r12\n"                          \
                                                   "add r1, r1, r10\n"                          \
                                                   "b 1b\n"                                     \
                                                   "2: add sp, sp, #44\n"                       \
                                                   "pop {r4-r11, pc}\n");                       \
    }
#define TIN_MCU_COLUMNS_2 \
    "mov r3, r2\n" TIN_MCU_COLUMN_2("0", "r4", "r5") TIN_MCU_COLUMN_2("32", "r6", "r7") TIN_MCU_COLUMN_2("64", "r8", "r9")
#define TIN_MCU_COLUMNS_1 \
    TIN_MCU_COLUMN_1("0", "r4", "r5") TIN_MCU_COLUMN_1("32", "r6", "r7") TIN_MCU_COLUMN_1("64", "r8", "r9")
#define TIN_MCU_STORE_2          \
    "asr r3, r3, r12\n"          \
    "asr r2, r2, r12\n"          \
    "ldrd r10, r11, [sp, #16]\n" \
    "ssat r3, #8, r3, asr #1\n"  \
    "ssat r2, #8, r2, asr #1\n"  \
    "strb r3, [r1, r14]\n"       \
    "strb r2, [r1]\n"            \
    "add r1, r1, r10\n"          \
    "add r0, r0, #32\n"
#define TIN_MCU_STORE_1          \
    "asr r2, r2, r12\n"          \
    "ldrd r10, r11, [sp, #16]\n" \
    "ssat r2, #8, r2, asr #1\n"  \
    "strb r2, [r1]\n"            \
    "add r1, r1, r10\n"          \
    "add r0, r0, r14\n"
#define TIN_MCU_FACTORS "ldmia sp, {r10, r11, r12, r14}\n"
TIN_MCU_3X3(tin_mcu_3x3_two, "r7",
            TIN_MCU_COLUMNS_2 TIN_MCU_FACTORS
            "smmlar r3, r3, r10, r11\n"
            "smmlar r2, r2, r10, r11\n" TIN_MCU_STORE_2)
TIN_MCU_3X3(tin_mcu_3x3_two_signed, "r7",
            TIN_MCU_COLUMNS_2
            "ldrd r10, r11, [sp]\n"
            "add r12, r11, r3, asr #31\n"
            "smmlar r3, r3, r10, r12\n"
            "add r12, r11, r2, asr #31\n"
            "smmlar r2, r2, r10, r12\n"
            "ldrd r12, r14, [sp, #8]\n" TIN_MCU_STORE_2)
TIN_MCU_3X3(tin_mcu_3x3_one, "r10", TIN_MCU_COLUMNS_1 TIN_MCU_FACTORS "smmlar r2, r2, r10, r11\n" TIN_MCU_STORE_1)
TIN_MCU_3X3(tin_mcu_3x3_one_signed, "r10",
            TIN_MCU_COLUMNS_1 TIN_MCU_FACTORS
            "add r11, r11, r2, asr #31\n"
            "smmlar r2, r2, r10, r11\n" TIN_MCU_STORE_1)
static inline void tin_mcu_3x3_outputs(const tin_mcu_3x3_run* run, int32_t rows, int exact_below_zero) {
    if (TIN_MCU_LEFT_SHIFTS(run->channel[2] >> 24 << 24))
        tin_mcu_3x3_any(run, rows);
    else if (rows == 2)
        exact_below_zero ? tin_mcu_3x3_two_signed(run) : tin_mcu_3x3_two(run);
    else
        exact_below_zero ? tin_mcu_3x3_one_signed(run) : tin_mcu_3x3_one(run);
}
#undef UNUSED
#elif TIN_MCU_DSP
static inline void tin_mcu_load_rows(const tin_mcu_rows* from, int32_t n, int rows, uint32_t* columns) {
    for (int32_t k = 0; k < n; ++k, columns += 8) {
        uint32_t row[4] = {0, 0, 0, 0};
        for (int i = 0; i < rows; ++i) row[i] = tin_load_word(from->row[i] + k * from->step);
        for (uint32_t c = 0; c < 4; ++c) {
            columns[2 * c] = tin_low_lanes(tin_even_bytes(row[0] >> 8 * c), tin_even_bytes(row[1] >> 8 * c));
            columns[2 * c + 1] = tin_low_lanes(tin_even_bytes(row[2] >> 8 * c), tin_even_bytes(row[3] >> 8 * c));
        }
    }
}
static inline void tin_mcu_load_4_rows(const tin_mcu_rows* from, int32_t n, uint32_t* columns) {
    tin_mcu_load_rows(from, n, 4, columns);
}
static inline void tin_mcu_load_3_rows(const tin_mcu_rows* from, int32_t n, uint32_t* columns) {
    tin_mcu_load_rows(from, n, 3, columns);
}
static inline void tin_mcu_3x3_outputs(const tin_mcu_3x3_run* run, int32_t rows, int exact_below_zero) {
    (void)exact_below_zero;
    tin_mcu_3x3_any(run, rows);
}
#endif
#endif
