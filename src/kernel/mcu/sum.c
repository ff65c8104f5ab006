#include "kernel/mcu/sum.h"

#include "kernel/mcu/requantise.h"

/* Locals of tin_mcu_add: two words of four operands each. */
#define ONE(k)                                                                                                                \
    y[k] = (int8_t)tin_to_byte(tin_mla((int8_t)(uint8_t)(p >> 8 * (k)), a, tin_mla((int8_t)(uint8_t)(q >> 8 * (k)), b, c)) >> \
                               shift)

void tin_mcu_add(const tin_mcu_sum* s, const int8_t* x, const int8_t* z, int32_t n, int8_t* y) {
    const int32_t a = s->a, b = s->b, c = s->c, shift = s->shift;
    const int8_t* end = x + (n & ~3);
    int8_t* const first = y;
    for (; x != end; x += 4, z += 4, y += 4) {
        const uint32_t p = tin_load_word(x), q = tin_load_word(z);
        ONE(0);
        ONE(1);
        ONE(2);
        ONE(3);
    }
    for (end += n & 3; x != end; ++x, ++z, ++y) *y = (int8_t)tin_to_byte(tin_mla(*x, a, tin_mla(*z, b, c)) >> shift);
    tin_mcu_limit(first, n, s->low, s->high);
}
