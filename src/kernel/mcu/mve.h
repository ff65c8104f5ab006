/* Dot products in Helium's vectors of eight lanes, from weights as they are packed for words of two: a vector of bytes x, in the order of
 * the lanes, meets 256 a + b and b. */
#ifndef TIN_KERNEL_MCU_MVE_H
#define TIN_KERNEL_MCU_MVE_H
#include <arm_mve.h>

/* Where the inputs of eight lanes lie. */
static inline uint16x8_t tin_mcu_lane_inputs(void) {
    static const uint16_t inputs[8] = {0, 2, 1, 3, 4, 6, 5, 7};
    return vldrhq_u16(inputs);
}
/* Lanes of inputs before n. */
static inline mve_pred16_t tin_mcu_lanes_before(uint16x8_t inputs, int32_t n) {
    return vcmphiq_u16(vdupq_n_u16((uint16_t)(n < 8 ? n : 8)), inputs);
}
static inline void tin_mcu_add_lanes(int16x8_t x, int16x8_t w, int32_t* both, int32_t* b) {
    *both = vmladavaq_s16(*both, x, w);
    *b = vmladavaq_s16(*b, x, vmovlbq_s8(vreinterpretq_s8_s16(w)));
}
#endif
