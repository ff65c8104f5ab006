/* The SIMD instructions of Armv7E-M that the kernels of this folder are made of, two 16-bit lanes in a word, and what they compute
 * in plain C: TIN_MCU_DSP is 1 where a kernel is to be written with them. Tests set TIN_MCU_EMULATE_DSP to walk that way anywhere.
 * Words are little-endian. */
#ifndef TIN_KERNEL_MCU_DSP_H
#define TIN_KERNEL_MCU_DSP_H
#include <stdint.h>
#include <string.h>

/* Whether they are written as instructions: of the profile for microcontrollers alone, whose code is Thumb. */
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__) && defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
#define TIN_MCU_ARM 1
#else
#define TIN_MCU_ARM 0
#endif
#if TIN_MCU_ARM || defined(TIN_MCU_EMULATE_DSP)
#define TIN_MCU_DSP 1
#else
#define TIN_MCU_DSP 0
#endif

/* Helium, the vector extension of Armv8.1-M, whose integers are enough. */
#if defined(__ARM_FEATURE_MVE)
#define TIN_MCU_MVE (__ARM_FEATURE_MVE & 1)
#else
#define TIN_MCU_MVE 0
#endif

/* Compilers turn it into one load, aligned or not. */
static inline uint32_t tin_load_word(const int8_t* x) {
    uint32_t word;
    memcpy(&word, x, sizeof word);
    return word;
}
/* Lane k of packed words. */
static inline int32_t tin_load_lane(const uint32_t* words, int32_t k) {
    int16_t lane;
#if defined(__GNUC__)
    memcpy(&lane, __builtin_assume_aligned((const int16_t*)words + k, 2), sizeof lane);
#else
    memcpy(&lane, (const int16_t*)words + k, sizeof lane);
#endif
    return lane;
}
static inline void tin_store_word(int8_t* y, uint32_t word) { memcpy(y, &word, sizeof word); }

#if TIN_MCU_ARM
#define TIN_MCU_INSTRUCTION_1(name, text)           \
    static inline uint32_t name(uint32_t a) {       \
        uint32_t y;                                 \
        __asm__(text " %0, %1" : "=r"(y) : "r"(a)); \
        return y;                                   \
    }
#define TIN_MCU_INSTRUCTION_2(name, text, end)                      \
    static inline uint32_t name(uint32_t a, uint32_t b) {           \
        uint32_t y;                                                 \
        __asm__(text " %0, %1, %2" end : "=r"(y) : "r"(a), "r"(b)); \
        return y;                                                   \
    }
#define TIN_MCU_INSTRUCTION_3(name, text)                                   \
    static inline int32_t name(uint32_t a, uint32_t b, int32_t c) {         \
        int32_t y;                                                          \
        __asm__(text " %0, %1, %2, %3" : "=r"(y) : "r"(a), "r"(b), "r"(c)); \
        return y;                                                           \
    }
TIN_MCU_INSTRUCTION_1(tin_even_bytes, "sxtb16")
static inline uint32_t tin_odd_bytes(uint32_t a) {
    uint32_t y;
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(y) : "r"(a));
    return y;
}
TIN_MCU_INSTRUCTION_2(tin_low_lanes, "pkhbt", ", lsl #16")
TIN_MCU_INSTRUCTION_2(tin_low_high, "pkhbt", "")
static inline uint32_t tin_high_lanes(uint32_t a, uint32_t b) {
    uint32_t y;
    __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(y) : "r"(b), "r"(a));
    return y;
}
TIN_MCU_INSTRUCTION_3(tin_smlad, "smlad")
TIN_MCU_INSTRUCTION_3(tin_smlabb, "smlabb")
TIN_MCU_INSTRUCTION_3(tin_smlabt, "smlabt")
TIN_MCU_INSTRUCTION_3(tin_smlatb, "smlatb")
TIN_MCU_INSTRUCTION_3(tin_smlatt, "smlatt")
static inline int32_t tin_high_product(int32_t a, int32_t b, int32_t c) {
    int32_t y;
    __asm__("smmlar %0, %1, %2, %3" : "=r"(y) : "r"(a), "r"(b), "r"(c));
    return y;
}
static inline int32_t tin_mla(int32_t a, int32_t b, int32_t c) {
    int32_t y;
    __asm__("mla %0, %1, %2, %3" : "=r"(y) : "r"(a), "r"(b), "r"(c));
    return y;
}
static inline int32_t tin_to_byte(int32_t x) {
    int32_t y;
    __asm__("ssat %0, #8, %1" : "=r"(y) : "r"(x));
    return y;
}
static inline int32_t tin_half_to_byte(int32_t x) {
    int32_t y;
    __asm__("ssat %0, #8, %1, asr #1" : "=r"(y) : "r"(x));
    return y;
}
TIN_MCU_INSTRUCTION_2(tin_add_even_bytes, "sxtab16", "")
TIN_MCU_INSTRUCTION_2(tin_add_odd_bytes, "sxtab16", ", ror #8")
static inline uint32_t tin_larger_bytes(uint32_t a, uint32_t b) {
    uint32_t y;
    __asm__("ssub8 %0, %1, %2\n\tsel %0, %1, %2" : "=&r"(y) : "r"(a), "r"(b));
    return y;
}
#undef TIN_MCU_INSTRUCTION_1
#undef TIN_MCU_INSTRUCTION_2
#undef TIN_MCU_INSTRUCTION_3
#else
static inline int32_t tin_low_lane(uint32_t a) { return (int16_t)(uint16_t)a; }
static inline int32_t tin_high_lane(uint32_t a) { return (int16_t)(uint16_t)(a >> 16); }
static inline uint32_t tin_lanes(int32_t low, int32_t high) { return (uint32_t)low << 16 >> 16 | (uint32_t)high << 16; }
static inline int32_t tin_wrapped(int32_t product, int32_t sum) { return (int32_t)((uint32_t)product + (uint32_t)sum); }

/* Bytes 0 and 2, bytes 1 and 3, with their signs. */
static inline uint32_t tin_even_bytes(uint32_t a) { return tin_lanes((int8_t)(uint8_t)a, (int8_t)(uint8_t)(a >> 16)); }
static inline uint32_t tin_odd_bytes(uint32_t a) { return tin_even_bytes(a >> 8); }
/* The low lanes of a and b; their high lanes; a's low lane and b's high one. */
static inline uint32_t tin_low_lanes(uint32_t a, uint32_t b) { return (a & 0xFFFFu) | b << 16; }
static inline uint32_t tin_high_lanes(uint32_t a, uint32_t b) { return a >> 16 | (b & 0xFFFF0000u); }
static inline uint32_t tin_low_high(uint32_t a, uint32_t b) { return (a & 0xFFFFu) | (b & 0xFFFF0000u); }
/* c + both products of lanes; c + one product, of a's and b's (B) low or (T) high lanes. */
static inline int32_t tin_smlabb(uint32_t a, uint32_t b, int32_t c) {
    return tin_wrapped(tin_low_lane(a) * tin_low_lane(b), c);
}
static inline int32_t tin_smlabt(uint32_t a, uint32_t b, int32_t c) {
    return tin_wrapped(tin_low_lane(a) * tin_high_lane(b), c);
}
static inline int32_t tin_smlatb(uint32_t a, uint32_t b, int32_t c) {
    return tin_wrapped(tin_high_lane(a) * tin_low_lane(b), c);
}
static inline int32_t tin_smlatt(uint32_t a, uint32_t b, int32_t c) {
    return tin_wrapped(tin_high_lane(a) * tin_high_lane(b), c);
}
static inline int32_t tin_smlad(uint32_t a, uint32_t b, int32_t c) { return tin_smlatt(a, b, tin_smlabb(a, b, c)); }
/* c + a * b / 2^32 to the nearest integer, halves up. */
static inline int32_t tin_high_product(int32_t a, int32_t b, int32_t c) {
    return tin_wrapped((int32_t)(((int64_t)a * b + (INT64_C(1) << 31)) >> 32), c);
}
/* a's lanes plus b's bytes 0 and 2, or 1 and 3. */
static inline uint32_t tin_add_even_bytes(uint32_t a, uint32_t b) {
    return tin_lanes(tin_low_lane(a) + (int8_t)(uint8_t)b, tin_high_lane(a) + (int8_t)(uint8_t)(b >> 16));
}
static inline uint32_t tin_add_odd_bytes(uint32_t a, uint32_t b) { return tin_add_even_bytes(a, b >> 8); }
/* The larger of each two bytes. */
static inline uint32_t tin_larger_bytes(uint32_t a, uint32_t b) {
    uint32_t y = 0;
    for (int k = 0; k < 32; k += 8) y |= ((int8_t)(uint8_t)(a >> k) >= (int8_t)(uint8_t)(b >> k) ? a : b) & 0xFFu << k;
    return y;
}
static inline int32_t tin_mla(int32_t a, int32_t b, int32_t c) { return a * b + c; }
/* x limited to 8 bits; x / 2 rounded down, limited to 8 bits. */
static inline int32_t tin_to_byte(int32_t x) { return x < -128 ? -128 : x > 127 ? 127 : x; }
static inline int32_t tin_half_to_byte(int32_t x) { return tin_to_byte(x >> 1); }
#endif
#endif
