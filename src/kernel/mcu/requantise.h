/* From a sum to a stored byte: TFLite's two roundings in three instructions. With x twice the sum, m the mantissa, e the shift to
 * the right (1 <= e <= 22) and z the zero point,
 *   (2x * m / 2^32 rounded + 2^(e-1) - (x < 0)) >> e, plus z
 * is one product that adds (2z + 1) * 2^(e-1) - (x < 0), a shift by e - 1, and a limit to 8 bits that halves what it is given. Where
 * z = -128 every negative result ends at -128, so that the correction for x < 0 is left out. */
#ifndef TIN_KERNEL_MCU_REQUANTISE_H
#define TIN_KERNEL_MCU_REQUANTISE_H
#include "kernel/fixed_point.h"
#include "kernel/mcu/dsp.h"

/* Set in the byte of a shift that goes to the left, or nowhere: the rest of the byte is that shift, and tin_mcu_stored_any has to see to
 * it. TIN_MCU_LEFT_SHIFTS says whether one of four or fewer bytes has it. */
#define TIN_MCU_LEFT 0x80u
#define TIN_MCU_LEFT_SHIFTS(bytes) (((bytes)&0x80808080u) != 0)

/* What is added for shift e: shift_less_1 = e - 1, zero_2_plus_1 = 2z + 1. */
static inline int32_t tin_mcu_half(int32_t zero_2_plus_1, uint32_t shift_less_1) {
    return (int32_t)((uint32_t)zero_2_plus_1 << shift_less_1);
}
static inline int32_t tin_mcu_stored(int32_t doubled, int32_t mantissa, int32_t half, uint32_t shift_less_1,
                                     int exact_below_zero) {
    const int32_t added = exact_below_zero ? half + (doubled >> 31) : half;
    return tin_half_to_byte(tin_high_product(doubled, mantissa, added) >> shift_less_1);
}

/* Whatever the shift. */
static inline int32_t tin_mcu_stored_any(int32_t doubled, int32_t mantissa, uint32_t shift_byte, int32_t zero_2_plus_1) {
    const tin_multiplier left = {mantissa, (int32_t)(shift_byte & 31u)};
    if (shift_byte & TIN_MCU_LEFT) return tin_to_byte(tin_wrap_add(tin_scale(doubled >> 1, left), (zero_2_plus_1 - 1) >> 1));
    return tin_mcu_stored(doubled, mantissa, tin_mcu_half(zero_2_plus_1, shift_byte), shift_byte, 1);
}

/* Keeps n stored bytes in a range smaller than that of their type. */
static inline void tin_mcu_limit(int8_t* y, int32_t n, int8_t low, int8_t high) {
    if (low == -128 && high == 127) return;
    for (int32_t i = 0; i < n; ++i) y[i] = y[i] < low ? low : y[i] > high ? high : y[i];
}
#endif
