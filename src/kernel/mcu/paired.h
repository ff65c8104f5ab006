/* Dot products of two pixels with pairs of output channels. Weights a and b of a pair lie in one 16-bit lane as 256 a + b: a lane times
 * x is summed as it is, and its low byte, b, on its own; the difference is 256 times a's sum. So a word of four 8-bit weights costs one
 * extension instead of two. The stream of words begins with 1 if a shift of the layer goes to the left, else 0; then for each pair of
 * channels:
 *   256 * bias(a) + bias(b); bias(b)    biases less x_zero times the sum of the weights
 *   for each four inputs: the lanes (0, 2), then the lanes (1, 3), as sign extension splits four bytes; 0 beyond the last input
 *   mantissa(a); mantissa(b); (e(a) - 1) | (e(b) - 1) << 8, e being shifts to the right (see requantise.h for those to the left)
 * a is the first channel. After an odd number of channels the last b is empty. */
#ifndef TIN_KERNEL_MCU_PAIRED_H
#define TIN_KERNEL_MCU_PAIRED_H
#include "kernel/mcu/dsp.h"
#include "kernel/mcu/layer.h"
#ifdef __cplusplus
extern "C" {
#endif

/* What two pixels are multiplied with, and where they lie; made once for a layer. */
typedef struct {
    const uint32_t* lanes;
    uint32_t skip; /* bytes of code that the first turn leaves out */
    int32_t zero_2_plus_1;
    int32_t second; /* bytes from the first pixel's outputs to the second's; 0 where there is but one pixel */
    /* Stores pairs that have a shift to the left. */
    void (*store)(const int32_t* frame, const uint32_t* factors, int8_t* y, int32_t second);
    const uint32_t* lanes_end;
    int32_t even; /* outputs in whole pairs */
    const uint32_t* packed;
    int32_t in, out, any; /* any: shifts to the left, or results below zero that count */
} tin_mcu_paired;

/* Whether pixels are spread to lanes first. */
#define TIN_MCU_SPREAD (TIN_MCU_DSP && !TIN_MCU_MVE)

tin_mcu_paired tin_mcu_paired_with(int32_t in, int32_t out, int8_t y_zero, const uint32_t* packed, const uint32_t* lanes);

#if TIN_MCU_SPREAD
/* Words that two pixels take as 16-bit lanes: for each four inputs the even ones of the first, those of the second, the odd ones of the
 * first, those of the second. */
#define TIN_MCU_LANES(in) (((in) + 3) / 4 * 4)

/* As such lanes: `rows` rows of n bytes, `step` bytes apart, from p and from q on; n is a multiple of four. Returns their end. */
uint32_t* tin_mcu_spread(const int8_t* p, const int8_t* q, uint32_t* lanes, int32_t n, int32_t rows, int32_t step);
/* One row of any n. What lies beyond n in the last four meets weights of 0. */
void tin_mcu_spread_any(const int8_t* p, const int8_t* q, uint32_t* lanes, int32_t n);

/* All outputs of the two pixels in d->lanes. */
void tin_mcu_paired_lanes(const tin_mcu_paired* d, int8_t* y);
#else
/* The same of pixels that lie in x as they are, the second `step` bytes after the first. */
void tin_mcu_paired_rows(const tin_mcu_paired* d, const int8_t* x, int32_t step, int8_t* y);
#endif
#ifdef __cplusplus
}
#endif
#endif
