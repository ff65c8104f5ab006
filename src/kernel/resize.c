#include "kernel/resize.h"

#include <math.h>
#include <string.h>

typedef struct {
    int64_t low, high;
    float part; /* of high */
} position;

static position position_of(int64_t i, int64_t in, int64_t out, const tin_resize* r) {
    position p;
    float scale = (float)in / (float)out;
    if (r->align_corners && out > 1) scale = (float)(in - 1) / (float)(out - 1);
    const float at = r->half_pixel_centers ? ((float)i + 0.5f) * scale - 0.5f : (float)i * scale;
    const int64_t below = (int64_t)floorf(at), above = (int64_t)ceilf(at);
    p.low = below > 0 ? below : 0;
    p.high = above < in - 1 ? above : in - 1;
    if (p.low > in - 1) p.low = in - 1; /* rounding of the scale; TFLite would read past the row here */
    if (p.high < 0) p.high = 0;
    p.part = at - (float)p.low;
    return p;
}

#define BILINEAR_FLOAT(D, T, half)                                                                       \
    void tin_resize_bilinear_##D(const T* x, T* y, const tin_resize* r) {                                \
        const int64_t n = r->channels;                                                                   \
        for (int64_t b = 0; b < r->batch; ++b, x += r->in_h * r->in_w * n) {                             \
            for (int64_t i = 0; i < r->out_h; ++i) {                                                     \
                const position v = position_of(i, r->in_h, r->out_h, r);                                 \
                const T *top = x + v.low * r->in_w * n, *bottom = x + v.high * r->in_w * n;              \
                for (int64_t j = 0; j < r->out_w; ++j) {                                                 \
                    const position h = position_of(j, r->in_w, r->out_w, r);                             \
                    const T *tl = top + h.low * n, *bl = bottom + h.low * n, *tr = top + h.high * n,     \
                            *br = bottom + h.high * n;                                                   \
                    for (int64_t c = 0; c < n; ++c)                                                      \
                        *y++ = (T)(tl[c] * (1 - v.part) * (1 - h.part) + bl[c] * v.part * (1 - h.part) + \
                                   tr[c] * (1 - v.part) * h.part + br[c] * v.part * h.part + (half));    \
                }                                                                                        \
            }                                                                                            \
        }                                                                                                \
    }
BILINEAR_FLOAT(f32, float, 0.0f)
BILINEAR_FLOAT(u8, uint8_t, 0.5f)

typedef struct {
    int64_t low, high, part; /* part of high, in 1/1024 */
} fixed_position;

static fixed_position fixed_position_of(int64_t i, int64_t in, int64_t out, const tin_resize* r) {
    fixed_position p;
    int64_t scale = (1024 * in + out / 2) / out;
    if (r->align_corners && out > 1) scale = (1024 * (in - 1) + (out - 1) / 2) / (out - 1);
    const int64_t at = r->half_pixel_centers ? i * scale + scale / 2 - 512 : i * scale;
    const int64_t below = at / 1024, above = (at + 1023) / 1024;
    p.low = below > 0 ? below : 0;
    p.high = above < in - 1 ? above : in - 1;
    if (p.low > in - 1) p.low = in - 1;
    p.part = at - 1024 * p.low;
    return p;
}

#define BILINEAR_FIXED(D, T)                                                                                           \
    void tin_resize_bilinear_##D(const T* x, T* y, const tin_resize* r) {                                              \
        const int64_t n = r->channels;                                                                                 \
        for (int64_t b = 0; b < r->batch; ++b, x += r->in_h * r->in_w * n) {                                           \
            for (int64_t i = 0; i < r->out_h; ++i) {                                                                   \
                const fixed_position v = fixed_position_of(i, r->in_h, r->out_h, r);                                   \
                const T *top = x + v.low * r->in_w * n, *bottom = x + v.high * r->in_w * n;                            \
                for (int64_t j = 0; j < r->out_w; ++j) {                                                               \
                    const fixed_position h = fixed_position_of(j, r->in_w, r->out_w, r);                               \
                    for (int64_t c = 0; c < n; ++c) {                                                                  \
                        const int64_t left = top[h.low * n + c] * (1024 - v.part) + bottom[h.low * n + c] * v.part;    \
                        const int64_t right = top[h.high * n + c] * (1024 - v.part) + bottom[h.high * n + c] * v.part; \
                        const int64_t sum = left * (1024 - h.part) + right * h.part;                                   \
                        *y++ = (T)((sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20));                              \
                    }                                                                                                  \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
    }
BILINEAR_FIXED(i8, int8_t)
BILINEAR_FIXED(i16, int16_t)

int64_t tin_nearest(int64_t i, int64_t in, int64_t out, int32_t align_corners, int32_t half_pixel_centers) {
    const float scale = align_corners && out > 1 ? (float)(in - 1) / (float)(out - 1) : (float)in / (float)out;
    const float at = ((float)i + (half_pixel_centers ? 0.5f : 0.0f)) * scale;
    const int64_t whole = (int64_t)(align_corners ? roundf(at) : floorf(at));
    return whole < in - 1 ? whole : in - 1;
}

void tin_resize_nearest(const void* x, void* y, const tin_resize* r, int64_t size) {
    const int64_t pixel = r->channels * size;
    const char* from = (const char*)x;
    char* to = (char*)y;
    for (int64_t b = 0; b < r->batch; ++b, from += r->in_h * r->in_w * pixel) {
        for (int64_t i = 0; i < r->out_h; ++i) {
            const char* row =
                from + tin_nearest(i, r->in_h, r->out_h, r->align_corners, r->half_pixel_centers) * r->in_w * pixel;
            for (int64_t j = 0; j < r->out_w; ++j, to += pixel)
                memcpy(to, row + tin_nearest(j, r->in_w, r->out_w, r->align_corners, r->half_pixel_centers) * pixel,
                       (size_t)pixel);
        }
    }
}
