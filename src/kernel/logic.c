#include "kernel/logic.h"

TIN_BINARY(and_bool, uint8_t, uint8_t, a != 0 && b != 0)
TIN_BINARY(or_bool, uint8_t, uint8_t, a != 0 || b != 0)
TIN_UNARY(not_bool, uint8_t, uint8_t, x == 0)

#define BITWISE(name, suffix, T, W) TIN_BINARY(bitwise_xor_##suffix, T, T, a ^ b)
TIN_EACH_INTEGER(BITWISE, )

#define LAST_BIT(T) ((int)sizeof(T) * 8 - 1)
#define SHIFT_SIGNED(name, suffix, T, W) \
    TIN_BINARY(right_shift_##suffix, T, T, a >> (b < 0 ? 0 : b > LAST_BIT(T) ? LAST_BIT(T) : (int)b))
TIN_EACH_SIGNED(SHIFT_SIGNED, )
#define SHIFT_UNSIGNED(name, suffix, T, W) TIN_BINARY(right_shift_##suffix, T, T, a >> (b > LAST_BIT(T) ? LAST_BIT(T) : (int)b))
TIN_EACH_UNSIGNED(SHIFT_UNSIGNED, )
