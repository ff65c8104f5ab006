/* Normalisations of the last axis on stored integers, with the arithmetic of TFLite's reference kernels. */
#ifndef TIN_KERNEL_QUANTISED_SOFTMAX_H
#define TIN_KERNEL_QUANTISED_SOFTMAX_H
#include "kernel/fixed_point.h"
#ifdef __cplusplus
extern "C" {
#endif
/* `input` brings differences from the largest element to Q5; those below diff_min count as minus infinity. */
typedef struct {
    tin_multiplier input;
    int32_t diff_min;
    tin_multiplier reverse; /* log-softmax only: from Q5 back to steps of the input */
} tin_softmax_scale;

/* x, y: rows x depth. Result: scale 1/256 and the lowest stored integer as the zero point (1/65536 from 8 bits to 16). */
void tin_softmax_qi8(const int8_t* x, int8_t* y, int64_t rows, int64_t depth, const tin_softmax_scale* s);
void tin_softmax_qu8(const uint8_t* x, uint8_t* y, int64_t rows, int64_t depth, const tin_softmax_scale* s);
void tin_softmax_qi8_qi16(const int8_t* x, int16_t* y, int64_t rows, int64_t depth, const tin_softmax_scale* s);
/* Result: scale 1/32768. `input` brings differences to 10/65535; the tables hold e^v over [-10, 0] and 1 / (1 + v) over [0, 1]
 * as tin_lookup_16 reads them. */
void tin_softmax_qi16(const int16_t* x, int16_t* y, int64_t rows, int64_t depth, tin_multiplier input, const int16_t* exps,
                      const int16_t* reciprocals);
/* Result: scale 16/256 and the highest stored integer as the zero point. */
void tin_log_softmax_qi8(const int8_t* x, int8_t* y, int64_t rows, int64_t depth, const tin_softmax_scale* s);
void tin_log_softmax_qu8(const uint8_t* x, uint8_t* y, int64_t rows, int64_t depth, const tin_softmax_scale* s);
/* Result: scale 1/128, zero point 0 (i8) or 128 (u8). */
void tin_l2_normalization_qi8(const int8_t* x, int8_t* y, int64_t rows, int64_t depth, int32_t zero_x);
void tin_l2_normalization_qu8(const uint8_t* x, uint8_t* y, int64_t rows, int64_t depth, int32_t zero_x);
#ifdef __cplusplus
}
#endif
#endif
