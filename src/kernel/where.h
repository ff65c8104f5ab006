#ifndef TIN_KERNEL_WHERE_H
#define TIN_KERNEL_WHERE_H
#include "kernel/elementwise.h"
#ifdef __cplusplus
extern "C" {
#endif
/* y = condition ? a : b, broadcast (walk inputs: condition, a, b), for elements of 1, 2, 4 or 8 bytes. */
void tin_where_1(const uint8_t* condition, const uint8_t* a, const uint8_t* b, uint8_t* y, const tin_walk* walk);
void tin_where_2(const uint8_t* condition, const uint16_t* a, const uint16_t* b, uint16_t* y, const tin_walk* walk);
void tin_where_4(const uint8_t* condition, const uint32_t* a, const uint32_t* b, uint32_t* y, const tin_walk* walk);
void tin_where_8(const uint8_t* condition, const uint64_t* a, const uint64_t* b, uint64_t* y, const tin_walk* walk);
#ifdef __cplusplus
}
#endif
#endif
