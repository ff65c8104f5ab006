#include "kernel/math.h"

#include "kernel/exponential.h"

#include <math.h>

#define SIGNED(name, suffix, T, W)                         \
    TIN_UNARY(abs_##suffix, T, T, x < 0 ? 0 - (W)x : (W)x) \
    TIN_UNARY(neg_##suffix, T, T, 0 - (W)x)                \
    TIN_UNARY(sign_##suffix, T, T, (x > 0) - (x < 0))
TIN_EACH_SIGNED(SIGNED, )
#define SQUARE(name, suffix, T, W) TIN_UNARY(square_##suffix, T, T, (W)x*(W)x)
TIN_EACH_NUMBER(SQUARE, )

TIN_UNARY(abs_f32, float, float, fabsf(x))
TIN_UNARY(neg_f32, float, float, -x)
TIN_UNARY(sign_f32, float, float, x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x)
TIN_UNARY(exp_f32, float, float, tin_exp(x))
TIN_UNARY(log_f32, float, float, logf(x))
TIN_UNARY(sqrt_f32, float, float, sqrtf(x))
TIN_UNARY(rsqrt_f32, float, float, 1.0f / sqrtf(x))
TIN_UNARY(sin_f32, float, float, sinf(x))
TIN_UNARY(cos_f32, float, float, cosf(x))
TIN_UNARY(floor_f32, float, float, floorf(x))
TIN_UNARY(ceil_f32, float, float, ceilf(x))
/* The current rounding mode is to nearest, halves to even, unless someone changed it. */
TIN_UNARY(round_f32, float, float, nearbyintf(x))
