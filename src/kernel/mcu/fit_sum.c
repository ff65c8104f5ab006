#include <math.h>
#include <stdlib.h>

#include "kernel/mcu/sum.h"

#define BYTES 256
/* Factors are looked for this far from the real ones, and at this many shifts. */
#define FACTORS 6
#define SHIFTS 3

/* What TFLite stores for each pair of bytes. */
static void exact(const tin_binary* q, int subtract, int8_t* y) {
    for (int32_t x = -128; x < 128; ++x) {
        const int32_t scaled_x = tin_scale(tin_wrap_mul(x - q->zero_a, (int32_t)(UINT32_C(1) << q->shift)), q->a);
        for (int32_t z = -128; z < 128; ++z) {
            const int32_t scaled_z = tin_scale(tin_wrap_mul(z - q->zero_b, (int32_t)(UINT32_C(1) << q->shift)), q->b);
            const int32_t sum = tin_wrap_add(scaled_x, subtract ? tin_wrap_mul(scaled_z, -1) : scaled_z);
            *y++ = (int8_t)tin_limit(tin_wrap_add(tin_scale(sum, q->y), q->zero_y), q->low, q->high);
        }
    }
}

/* Finds c for the given a, b and shift, so that y <= (a * x + b * z + c) / 2^shift < y + 1 for each pair; at an end of the range one of
 * both is enough. */
static int fit_constant(const int8_t* y, tin_mcu_sum* s) {
    const int64_t room = INT32_MAX - 128 * (llabs(s->a) + llabs(s->b));
    int64_t least = -room, most = room;
    for (int32_t x = -128; x < 128 && least <= most; ++x)
        for (int32_t z = -128; z < 128; ++z, ++y) {
            const int64_t from = *y * (INT64_C(1) << s->shift) - ((int64_t)s->a * x + (int64_t)s->b * z);
            const int64_t to = from + (INT64_C(1) << s->shift) - 1;
            if (*y > s->low && from > least) least = from;
            if (*y < s->high && to < most) most = to;
        }
    s->c = (int32_t)((least + most) / 2);
    return least <= most;
}

static double real(tin_multiplier m) { return ldexp(m.mantissa, m.shift - 31); }

int tin_mcu_fit_sum(const tin_binary* q, int subtract, tin_mcu_sum* s) {
    int8_t y[BYTES * BYTES];
    const double a = ldexp(real(q->a) * real(q->y), q->shift),
                 b = ldexp(real(q->b) * real(q->y), q->shift) * (subtract ? -1 : 1);
    int most = 0;
    while (most < 30 && ldexp(fabs(a) + fabs(b) + 2, most + 9) < 2147483647.0) ++most;
    exact(q, subtract, y);
    s->low = (int8_t)q->low;
    s->high = (int8_t)q->high;
    for (s->shift = most - 1; s->shift >= 0 && s->shift >= most - SHIFTS; --s->shift)
        for (int32_t i = 0; i <= 2 * FACTORS; ++i)
            for (int32_t j = 0; j <= 2 * FACTORS; ++j) {
                s->a = (int32_t)lrint(ldexp(a, s->shift)) + (i & 1 ? i / 2 + 1 : -i / 2);
                s->b = (int32_t)lrint(ldexp(b, s->shift)) + (j & 1 ? j / 2 + 1 : -j / 2);
                if (fit_constant(y, s)) return 1;
            }
    return 0;
}
