#ifndef TIN_KERNEL_COMPARE_H
#define TIN_KERNEL_COMPARE_H
#include "kernel/elementwise.h"
#ifdef __cplusplus
extern "C" {
#endif
/* Two operands, broadcast, to 0 or 1. */
TIN_EACH_NUMBER(TIN_DECLARE_COMPARE, equal)
TIN_EACH_NUMBER(TIN_DECLARE_COMPARE, not_equal)
TIN_EACH_NUMBER(TIN_DECLARE_COMPARE, less)
TIN_EACH_NUMBER(TIN_DECLARE_COMPARE, less_or_equal)
TIN_EACH_NUMBER(TIN_DECLARE_COMPARE, greater)
TIN_EACH_NUMBER(TIN_DECLARE_COMPARE, greater_or_equal)
TIN_DECLARE_COMPARE(equal, bool, uint8_t, uint32_t)
TIN_DECLARE_COMPARE(not_equal, bool, uint8_t, uint32_t)
#ifdef __cplusplus
}
#endif
#endif
