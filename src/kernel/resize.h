/* Resizing of images, with the arithmetic of TFLite's reference kernels. */
#ifndef TIN_KERNEL_RESIZE_H
#define TIN_KERNEL_RESIZE_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
/* x [batch, in_h, in_w, channels] -> y [batch, out_h, out_w, channels]. */
typedef struct {
    int64_t batch, in_h, in_w, out_h, out_w, channels;
    int32_t align_corners, half_pixel_centers;
} tin_resize;

/* The position of an output pixel in the input: i * scale, or (i + 0.5) * scale - 0.5 with half_pixel_centers; scale is in /
 * out, or (in - 1) / (out - 1) with align_corners. i8 and i16 are interpolated in fixed point with 10 fractional bits, rounded half
 * away from 0; u8 like f32, rounded half up. */
void tin_resize_bilinear_f32(const float* x, float* y, const tin_resize* r);
void tin_resize_bilinear_i8(const int8_t* x, int8_t* y, const tin_resize* r);
void tin_resize_bilinear_u8(const uint8_t* x, uint8_t* y, const tin_resize* r);
void tin_resize_bilinear_i16(const int16_t* x, int16_t* y, const tin_resize* r);

/* floor of the position, without the final -0.5; rounded instead with align_corners. Elements of `size` bytes. */
void tin_resize_nearest(const void* x, void* y, const tin_resize* r, int64_t size);
/* The input coordinate that tin_resize_nearest reads for output coordinate i. */
int64_t tin_nearest(int64_t i, int64_t in, int64_t out, int32_t align_corners, int32_t half_pixel_centers);
#ifdef __cplusplus
}
#endif
#endif
