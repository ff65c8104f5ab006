#ifndef TIN_KERNEL_ARITHMETIC_H
#define TIN_KERNEL_ARITHMETIC_H
#include "kernel/elementwise.h"
#ifdef __cplusplus
extern "C" {
#endif
/* Two operands, broadcast. Integers wrap around; a division or remainder by zero gives 0. */
TIN_EACH_NUMBER(TIN_DECLARE_BINARY, add)
TIN_EACH_NUMBER(TIN_DECLARE_BINARY, sub)
TIN_EACH_NUMBER(TIN_DECLARE_BINARY, mul)
TIN_EACH_NUMBER(TIN_DECLARE_BINARY, div)       /* integers: towards zero */
TIN_EACH_NUMBER(TIN_DECLARE_BINARY, floor_div) /* towards minus infinity */
TIN_EACH_NUMBER(TIN_DECLARE_BINARY, floor_mod) /* the sign of b */
TIN_EACH_NUMBER(TIN_DECLARE_BINARY, max)
TIN_EACH_NUMBER(TIN_DECLARE_BINARY, min)
TIN_EACH_NUMBER(TIN_DECLARE_BINARY, squared_difference) /* (a - b)^2 */
TIN_EACH_NUMBER(TIN_DECLARE_BINARY, pow)                /* integers: a negative exponent gives 1 / a^-b, towards zero */
TIN_DECLARE_BINARY(atan2, f32, float, float)
TIN_DECLARE_BINARY(prelu, f32, float, float) /* a where a >= 0, else a * b */
#ifdef __cplusplus
}
#endif
#endif
