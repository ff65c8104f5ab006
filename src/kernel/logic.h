#ifndef TIN_KERNEL_LOGIC_H
#define TIN_KERNEL_LOGIC_H
#include "kernel/elementwise.h"
#ifdef __cplusplus
extern "C" {
#endif
TIN_DECLARE_BINARY(and, bool, uint8_t, uint32_t)
TIN_DECLARE_BINARY(or, bool, uint8_t, uint32_t)
TIN_DECLARE_UNARY(not, bool, uint8_t, uint32_t)
TIN_EACH_INTEGER(TIN_DECLARE_BINARY, bitwise_xor)
/* Arithmetic for signed types. An amount outside 0..bits-1 shifts as far as the nearest of the two does. */
TIN_EACH_INTEGER(TIN_DECLARE_BINARY, right_shift)
#ifdef __cplusplus
}
#endif
#endif
