/* A hyperdimensional classifier on integers: project the features, take the signs, compare with a prototype for each class.
 *   sum[d] = sum over i of (x[i] - offset[i]) * projection[i][d];  score[c] = sum over d of sign(sum[d]) * prototype[c][d]
 * sign(0) is 0, as PyTorch's and NumPy's. Needs 320 bytes of stack and no other memory: the signs of 32 dimensions at a time go
 * straight into the scores. features * 383 * 127 < 2^31 and dimensions * 127 < 2^31. */
#ifndef TIN_KERNEL_HDC_H
#define TIN_KERNEL_HDC_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
/* Rows of bits: words of 32 elements, element d in bit d % 32 of word d / 32; 1 stands for +1, 0 for -1. */
typedef struct {
    int32_t features, dimensions, classes;
    int32_t zero_point;              /* of every feature, where offsets is null */
    const int16_t* offsets;          /* [features]: zero point and centre of each, -256 to 255 */
    const int8_t* projection;        /* [features][dimensions], or null: */
    const uint32_t* projection_bits; /* [features][words], or null: the words of tin_hdc_word */
    uint64_t projection_seed;
    const int8_t* prototypes;       /* [classes][dimensions], or null: */
    const uint32_t* prototype_bits; /* [classes][words] */
} tin_hdc;

/* 32 bits of a projection that is drawn and not stored: SplitMix64's output number index (Steele, Lea, Flood, 2014), upper half. */
uint32_t tin_hdc_word(uint64_t seed, uint32_t index);
void tin_hdc_scores(const tin_hdc* hdc, const int8_t* x, int32_t* scores);
/* The first of the largest. */
int32_t tin_hdc_best(const int32_t* scores, int32_t classes);
#ifdef __cplusplus
}
#endif
#endif
