#include "kernel/mcu/sum.h"

#include "kernel/mcu/requantise.h"

void tin_mcu_add(const tin_mcu_sum* s, const int8_t* x, const int8_t* z, int32_t n, int8_t* y) {
    const int32_t a = s->a, b = s->b, c = s->c, shift = s->shift;
    int32_t i = 0;
    for (; i + 4 <= n; i += 4) {
        const uint32_t p = tin_load_word(x + i), q = tin_load_word(z + i);
        for (int k = 0; k < 4; ++k)
            y[i + k] =
                (int8_t)tin_to_byte(((int8_t)(uint8_t)(p >> 8 * k) * a + (int8_t)(uint8_t)(q >> 8 * k) * b + c) >> shift);
    }
    for (; i < n; ++i) y[i] = (int8_t)tin_to_byte((x[i] * a + z[i] * b + c) >> shift);
    tin_mcu_limit(y, n, s->low, s->high);
}
