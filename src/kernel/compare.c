#include "kernel/compare.h"

#define COMPARE(name, suffix, T, W)                        \
    TIN_BINARY(equal_##suffix, T, uint8_t, a == b)         \
    TIN_BINARY(not_equal_##suffix, T, uint8_t, a != b)     \
    TIN_BINARY(less_##suffix, T, uint8_t, a < b)           \
    TIN_BINARY(less_or_equal_##suffix, T, uint8_t, a <= b) \
    TIN_BINARY(greater_##suffix, T, uint8_t, a > b)        \
    TIN_BINARY(greater_or_equal_##suffix, T, uint8_t, a >= b)
TIN_EACH_NUMBER(COMPARE, )
TIN_BINARY(equal_bool, uint8_t, uint8_t, (a != 0) == (b != 0))
TIN_BINARY(not_equal_bool, uint8_t, uint8_t, (a != 0) != (b != 0))
