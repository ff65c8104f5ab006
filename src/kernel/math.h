#ifndef TIN_KERNEL_MATH_H
#define TIN_KERNEL_MATH_H
#include "kernel/elementwise.h"
#ifdef __cplusplus
extern "C" {
#endif
/* y[i] = f(x[i]). Integers wrap around. */
#define TIN_EACH_SIGNED_NUMBER(X, name) X(name, f32, float, float) TIN_EACH_SIGNED(X, name)
TIN_EACH_SIGNED_NUMBER(TIN_DECLARE_UNARY, abs)
TIN_EACH_SIGNED_NUMBER(TIN_DECLARE_UNARY, neg)
TIN_EACH_SIGNED_NUMBER(TIN_DECLARE_UNARY, sign)
TIN_EACH_NUMBER(TIN_DECLARE_UNARY, square)
TIN_DECLARE_UNARY(exp, f32, float, float)
TIN_DECLARE_UNARY(log, f32, float, float)
TIN_DECLARE_UNARY(sqrt, f32, float, float)
TIN_DECLARE_UNARY(rsqrt, f32, float, float)
TIN_DECLARE_UNARY(sin, f32, float, float)
TIN_DECLARE_UNARY(cos, f32, float, float)
TIN_DECLARE_UNARY(floor, f32, float, float)
TIN_DECLARE_UNARY(ceil, f32, float, float)
TIN_DECLARE_UNARY(round, f32, float, float) /* halves to the even neighbour */
#ifdef __cplusplus
}
#endif
#endif
