#include "kernel/cast.h"

#include <string.h>

/* Bounds as floats: the lowest value and the one after the highest are powers of two (or 0), hence exact. */
#define FROM_FLOAT(T, low, high, limit) \
    static T T##_from_float(float v) { return v <= (float)(low) ? (low) : v < (limit) ? (T)v : (high); }
FROM_FLOAT(int8_t, INT8_MIN, INT8_MAX, 128.0f)
FROM_FLOAT(int16_t, INT16_MIN, INT16_MAX, 32768.0f)
FROM_FLOAT(int32_t, INT32_MIN, INT32_MAX, 2147483648.0f)
FROM_FLOAT(int64_t, INT64_MIN, INT64_MAX, 9223372036854775808.0f)
FROM_FLOAT(uint8_t, 0, UINT8_MAX, 256.0f)
FROM_FLOAT(uint16_t, 0, UINT16_MAX, 65536.0f)
FROM_FLOAT(uint32_t, 0, UINT32_MAX, 4294967296.0f)
FROM_FLOAT(uint64_t, 0, UINT64_MAX, 18446744073709551616.0f)

#define CAST(name, S, T, expression)                                   \
    void tin_cast_##name(const void* input, void* output, int64_t n) { \
        const S* source = input;                                       \
        T* y = output;                                                 \
        for (int64_t i = 0; i < n; ++i) {                              \
            const S x = source[i];                                     \
            y[i] = (T)(expression);                                    \
        }                                                              \
    }

#define PLAIN(from, S, to, T) CAST(from##_##to, S, T, x)
TIN_EACH_CAST_FROM(PLAIN, i8, int8_t)
TIN_EACH_CAST_FROM(PLAIN, i16, int16_t)
TIN_EACH_CAST_FROM(PLAIN, i32, int32_t)
TIN_EACH_CAST_FROM(PLAIN, i64, int64_t)
TIN_EACH_CAST_FROM(PLAIN, u8, uint8_t)
TIN_EACH_CAST_FROM(PLAIN, u16, uint16_t)
TIN_EACH_CAST_FROM(PLAIN, u32, uint32_t)
TIN_EACH_CAST_FROM(PLAIN, u64, uint64_t)

#define FLOAT_TO_INTEGER(name, to, T, W) CAST(f32_##to, float, T, T##_from_float(x))
TIN_EACH_INTEGER(FLOAT_TO_INTEGER, )
CAST(f32_f32, float, float, x)

#define FROM_BOOL(from, S, to, T) CAST(bool_##to, uint8_t, T, x != 0)
TIN_EACH_CAST_FROM(FROM_BOOL, bool, uint8_t)
#define TO_BOOL(name, from, S, W) CAST(from##_bool, S, uint8_t, x != 0)
TIN_EACH_NUMBER(TO_BOOL, )
CAST(bool_bool, uint8_t, uint8_t, x != 0)

/* The exponent is re-biased by a multiplication, which also normalises what half precision holds denormalised. */
static float from_half(uint16_t half) {
    const uint32_t magnitude = (uint32_t)(half & 0x7fff) << 13, sign = (uint32_t)(half & 0x8000) << 16;
    const uint32_t scale = 0x77800000u; /* 2^112 */
    float value, factor;
    memcpy(&value, &magnitude, sizeof value);
    memcpy(&factor, &scale, sizeof factor);
    value *= factor;
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    if ((half & 0x7c00) == 0x7c00) bits = 0x7f800000u | magnitude; /* infinite or not a number */
    bits |= sign;
    memcpy(&value, &bits, sizeof value);
    return value;
}
CAST(f16_f32, uint16_t, float, from_half(x))
