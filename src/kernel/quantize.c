#include "kernel/quantize.h"

#include <math.h>

#define QUANTIZE(T, suffix, low, high)                                                                            \
    void tin_quantize_##suffix(const float* x, T* y, const tin_quant* quant) {                                    \
        for (int64_t o = 0; o < quant->outer; ++o) {                                                              \
            for (int64_t c = 0; c < quant->channels; ++c) {                                                       \
                const float scale = quant->scale[c];                                                              \
                const double zero = (double)quant->zero_point[c];                                                 \
                for (int64_t i = 0; i < quant->inner; ++i, ++x, ++y) {                                            \
                    const float steps = *x / scale;                                                               \
                    const double whole = quant->halves_to_even ? nearbyint((double)steps) : round((double)steps); \
                    const double q = (steps != steps ? 0.0 : whole) + zero;                                       \
                    *y = q <= (double)(low) ? (low) : q >= (double)(high) ? (high) : (T)q;                        \
                }                                                                                                 \
            }                                                                                                     \
        }                                                                                                         \
    }
QUANTIZE(int8_t, i8, INT8_MIN, INT8_MAX)
QUANTIZE(int16_t, i16, INT16_MIN, INT16_MAX)
QUANTIZE(int32_t, i32, INT32_MIN, INT32_MAX)
QUANTIZE(int64_t, i64, INT64_MIN, INT64_MAX)
QUANTIZE(uint8_t, u8, 0, UINT8_MAX)
QUANTIZE(uint16_t, u16, 0, UINT16_MAX)
QUANTIZE(uint32_t, u32, 0, UINT32_MAX)
QUANTIZE(uint64_t, u64, 0, UINT64_MAX)

/* The difference wraps around: only 64-bit values with absurd zero points could leave the range. */
#define DEQUANTIZE(name, suffix, T, W)                                                                             \
    void tin_dequantize_##suffix(const T* x, float* y, const tin_quant* quant) {                                   \
        for (int64_t o = 0; o < quant->outer; ++o) {                                                               \
            for (int64_t c = 0; c < quant->channels; ++c) {                                                        \
                const float scale = quant->scale[c];                                                               \
                const uint64_t zero = (uint64_t)quant->zero_point[c];                                              \
                for (int64_t i = 0; i < quant->inner; ++i) *y++ = scale * (float)(int64_t)((uint64_t)*x++ - zero); \
            }                                                                                                      \
        }                                                                                                          \
    }
TIN_EACH_INTEGER(DEQUANTIZE, )
