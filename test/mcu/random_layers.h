/* Random layers through the kernels for microcontrollers and through the plain ones, which must store the same bytes: on the host and,
 * as the same C, under an emulator. */
#ifndef TIN_TEST_RANDOM_LAYERS_H
#define TIN_TEST_RANDOM_LAYERS_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
/* What a check found: `packed` layers out of `drawn` had factors that the fast kernel takes; `wrong` stored another byte. */
typedef struct {
    int drawn, packed, wrong;
} tin_check;

typedef struct {
    const char* name;
    void (*one)(uint32_t* seed, tin_check* check);
    int times; /* that make a quick test */
} tin_layer_check;

/* Ends with a name of null. */
extern const tin_layer_check tin_layer_checks[];
tin_check tin_check_layers(const tin_layer_check* what, uint32_t seed, int times);
#ifdef __cplusplus
}
#endif
#endif
