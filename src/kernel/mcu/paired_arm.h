/* The inner loops of paired.c in the instructions of Armv7E-M, which no compiler schedules into fourteen registers. */
#ifndef TIN_KERNEL_MCU_PAIRED_ARM_H
#define TIN_KERNEL_MCU_PAIRED_ARM_H
#include "kernel/mcu/paired.h"

#define UNUSED __attribute__((unused))
/* Pairs with a shift to the left. In `frame`: weights, doubled sums a and b of the first pixel, 2z + 1, sums of the second. */
__attribute__((noinline)) static void tin_mcu_store_pair(const int32_t* frame, const uint32_t* factors, int8_t* y,
                                                         int32_t second) {
    for (int32_t i = 0; i < 2; ++i) {
        const int32_t mantissa = (int32_t)factors[i], zero_2_plus_1 = frame[3];
        const uint32_t shift = factors[2] >> 8 * i & 0xFFu;
        y[i + second] = (int8_t)tin_mcu_stored_any(frame[4 + i], mantissa, shift, zero_2_plus_1);
        y[i] = (int8_t)tin_mcu_stored_any(frame[1 + i], mantissa, shift, zero_2_plus_1);
    }
}

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
#define TIN_MCU_PAIRS(name, look, products, reload)                                                                          \
    __attribute__((naked, noinline)) static const uint32_t* name(UNUSED const tin_mcu_paired* run, UNUSED const uint32_t* w, \
                                                                 UNUSED int8_t* y) {                                         \
        __asm__(                                                                                                             \
            "push {r4-r11, r14}\n"                                                                                           \
            "mov r10, r2\n"                                                                                                  \
            "ldmia r0, {r4, r5, r6, r7, r8, r11, r12}\n"                                                                     \
            "add r12, r12, r2\n"                                                                                             \
            "push {r4, r5, r6, r7, r8, r11, r12}\n"                                                                          \
            "2: ldrd r2, r3, [r1], #8\n"                                                                                     \
            "ldrd r0, r4, [sp]\n"                                                                                            \
            "mov r12, r2\n"                                                                                                  \
            "mov r14, r3\n"                                                                                                  \
            "add pc, r4\n"                                                                                                   \
            "nop\n"                                                                                                          \
            "1:\n" TIN_MCU_GROUP TIN_MCU_GROUP TIN_MCU_GROUP TIN_MCU_GROUP                                                   \
            "cmp r0, r11\n"                                                                                                  \
            "bne 1b\n"                                                                                                       \
            "ldmia r1!, {r4, r5, r6}\n"                                                                                      \
            "ldrd r7, r8, [sp, #8]\n"                                                                                        \
            "lsr r9, r6, #8\n"                                                                                               \
            "lsl r0, r7, r6\n"                                                                                               \
            "lsl r7, r7, r9\n"                                                                                               \
            "sub r2, r2, r3\n"                                                                                               \
            "sub r12, r12, r14\n"                                                                                            \
            "asr r2, r2, #7\n"                                                                                               \
            "asr r12, r12, #7\n"                                                                                             \
            "lsl r3, r3, #1\n"                                                                                               \
            "lsl r14, r14, #1\n" look products                                                                               \
            "asr r2, r2, r6\n"                                                                                               \
            "asr r12, r12, r6\n"                                                                                             \
            "asr r3, r3, r9\n"                                                                                               \
            "asr r14, r14, r9\n"                                                                                             \
            "ssat r2, #8, r2, asr #1\n"                                                                                      \
            "ssat r12, #8, r12, asr #1\n"                                                                                    \
            "ssat r3, #8, r3, asr #1\n"                                                                                      \
            "ssat r14, #8, r14, asr #1\n"                                                                                    \
            "strb r12, [r10, r8]\n"                                                                                          \
            "strb r2, [r10], #1\n"                                                                                           \
            "strb r14, [r10, r8]\n"                                                                                          \
            "strb r3, [r10], #1\n"                                                                                           \
            "3: " reload                                                                                                     \
            "cmp r10, r4\n"                                                                                                  \
            "bne 2b\n"                                                                                                       \
            "mov r0, r1\n"                                                                                                   \
            "add sp, sp, #28\n"                                                                                              \
            "pop {r4-r11, pc}\n"                                                                                             \
            "4: ldr r4, [sp, #8]\n"                                                                                          \
            "ldr r5, [sp, #16]\n"                                                                                            \
            "push {r1, r2, r3, r4, r12, r14}\n"                                                                              \
            "mov r0, sp\n"                                                                                                   \
            "sub r1, r1, #12\n"                                                                                              \
            "mov r2, r10\n"                                                                                                  \
            "mov r3, r8\n"                                                                                                   \
            "blx r5\n"                                                                                                       \
            "pop {r1, r2, r3, r4, r12, r14}\n"                                                                               \
            "add r10, r10, #2\n"                                                                                             \
            "b 3b\n");                                                                                                       \
    }
TIN_MCU_PAIRS(tin_mcu_pairs, "", TIN_MCU_PRODUCTS, "ldr r4, [sp, #24]\n")
TIN_MCU_PAIRS(tin_mcu_pairs_any,
              "tst r6, #0x80808080\n"
              "bne 4f\n",
              TIN_MCU_PRODUCTS_SIGNED,
              "ldr r4, [sp, #24]\n"
              "ldr r11, [sp, #20]\n")
#undef TIN_MCU_GROUP
#undef TIN_MCU_PRODUCTS
#undef TIN_MCU_PRODUCTS_SIGNED
#undef TIN_MCU_PAIRS

/* r0 and r1 the rows, r2 lanes, r3 bytes of a row, r10 rows left, r11 bytes between rows. */
__attribute__((naked, noinline)) uint32_t* tin_mcu_spread(UNUSED const int8_t* p, UNUSED const int8_t* q,
                                                          UNUSED uint32_t* lanes, UNUSED int32_t n, UNUSED int32_t rows,
                                                          UNUSED int32_t step) {
    __asm__(
        "push {r4-r11, r14}\n"
        "ldrd r10, r11, [sp, #36]\n"
        "sub r11, r11, r3\n"
        "2: add r12, r0, r3\n"
        "1: ldr r4, [r0], #4\n"
        "ldr r5, [r1], #4\n"
        "sxtb16 r6, r4\n"
        "sxtb16 r7, r5\n"
        "sxtb16 r8, r4, ror #8\n"
        "sxtb16 r9, r5, ror #8\n"
        "stmia r2!, {r6, r7, r8, r9}\n"
        "cmp r0, r12\n"
        "bne 1b\n"
        "add r0, r0, r11\n"
        "add r1, r1, r11\n"
        "subs r10, r10, #1\n"
        "bne 2b\n"
        "mov r0, r2\n"
        "pop {r4-r11, pc}\n");
}
#undef UNUSED
#endif
