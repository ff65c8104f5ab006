/* The sum or difference of two tensors of equal shape and 8-bit integers: (a * x + b * z + c) >> shift, limited to 8 bits and then to the
 * range. Two bytes have 65536 values together: where code is generated, factors are searched for that give exactly what TFLite's three
 * rescalings give for each of them. */
#ifndef TIN_KERNEL_MCU_SUM_H
#define TIN_KERNEL_MCU_SUM_H
#include "kernel/quantised.h"
#ifdef __cplusplus
extern "C" {
#endif
typedef struct {
    int32_t a, b, c, shift;
    int8_t low, high;
} tin_mcu_sum;

/* Factors for tin_add_qi8, or tin_sub_qi8 where `subtract` is set. Returns 0 if none were found: the plain kernel has to be used. */
int tin_mcu_fit_sum(const tin_binary* q, int subtract, tin_mcu_sum* s);

/* Of n elements each; y may be x or z. */
void tin_mcu_add(const tin_mcu_sum* s, const int8_t* x, const int8_t* z, int32_t n, int8_t* y);
#ifdef __cplusplus
}
#endif
#endif
