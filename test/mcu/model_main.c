/* Runs the self-test of a generated model on a board, then one more inference that is counted: instructions and bytes of stack. */
#include <stdio.h>

#include "model.h"

#if defined(__arm__)
/* SysTick counts 25 MHz, which is 40 instructions where one takes a nanosecond; 32 MHz on the board with a Cortex-M55. */
#if defined(__ARM_FEATURE_MVE)
#define INSTRUCTIONS_IN_FOUR_TICKS 125u
#else
#define INSTRUCTIONS_IN_FOUR_TICKS 160u
#endif
#define SYSTICK ((volatile uint32_t*)0xE000E010u)
static void start(void) {
    SYSTICK[1] = 0xFFFFFFu;
    SYSTICK[2] = 0u;
    SYSTICK[0] = 5u;
}
static uint32_t count(void) { return (0xFFFFFFu - SYSTICK[2]) / 4u * INSTRUCTIONS_IN_FOUR_TICKS; }
#else
static uint32_t first;
static uint32_t now(void) {
    uint32_t n;
    __asm__ volatile("rdinstret %0" : "=r"(n));
    return n;
}
static void start(void) { first = now(); }
static uint32_t count(void) { return now() - first; }
#endif

#define PAINTED 8192
static uint32_t used;

/* Paints the stack below, runs, and looks how far down the paint is gone. */
static __attribute__((noinline)) void measure(void) {
    volatile uint8_t* const here = (volatile uint8_t*)__builtin_frame_address(0);
    uint32_t i;
    for (i = 64; i < PAINTED; ++i) here[-(int32_t)i] = 0xA5;
    start();
    model_invoke(&model_memory);
    const uint32_t instructions = count();
    for (i = PAINTED - 1; i > 64 && here[-(int32_t)i] == 0xA5; --i) continue;
    used = i;
    printf("instructions %lu stack %lu\n", (unsigned long)instructions, (unsigned long)used);
}

int main(void) {
    const int wrong = model_self_test(&model_memory);
    if (wrong != 0) {
        printf("output %d differs\n", wrong);
        return 1;
    }
    measure();
    return 0;
}
