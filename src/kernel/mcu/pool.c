#include "kernel/mcu/pool.h"

#include "kernel/mcu/requantise.h"

/* Cells of a window: rows of them, bytes from row to row and from cell to cell. */
typedef struct {
    const int8_t* first;
    int32_t rows, cols, row_step, step;
} cells;

static cells cells_of(const tin_mcu_window* w, const int8_t* x, int32_t oy, int32_t ox) {
    const int32_t iy = oy * w->stride_h - w->pad_top, ix = ox * w->stride_w - w->pad_left;
    const int32_t top = iy < 0 ? 0 : iy, bottom = iy + w->kernel_h < w->in_h ? iy + w->kernel_h : w->in_h;
    const int32_t left = ix < 0 ? 0 : ix, right = ix + w->kernel_w < w->in_w ? ix + w->kernel_w : w->in_w;
    const cells c = {x + (top * w->in_w + left) * w->in_c, bottom - top, right - left, w->in_w * w->in_c, w->in_c};
    return c;
}

static int32_t sum_of(const cells* c, int32_t channel) {
    int32_t sum = 0;
    for (int32_t i = 0; i < c->rows; ++i)
        for (int32_t k = 0; k < c->cols; ++k) sum += c->first[channel + i * c->row_step + k * c->step];
    return sum;
}
static int8_t largest_of(const cells* c, int32_t channel) {
    int8_t most = -128;
    for (int32_t i = 0; i < c->rows; ++i)
        for (int32_t k = 0; k < c->cols; ++k) {
            const int8_t cell = c->first[channel + i * c->row_step + k * c->step];
            most = cell > most ? cell : most;
        }
    return most;
}

#if TIN_MCU_DSP
/* So many bytes of -128 fit a lane of 16 bits in sum. */
#define LANE_CELLS 256

/* Four channels at once, from `channel` on. */
static void four_sums(const cells* c, int32_t channel, int32_t* sum) {
    uint32_t even = 0, odd = 0;
    int32_t room = LANE_CELLS;
    sum[0] = sum[1] = sum[2] = sum[3] = 0;
    for (int32_t i = c->rows; i > 0; --i) {
        const int8_t* cell = c->first + channel + (c->rows - i) * c->row_step;
        for (int32_t k = c->cols; k > 0;) {
            const int32_t n = k < room ? k : room;
            for (const int8_t* end = cell + n * c->step; cell != end; cell += c->step) {
                const uint32_t four = tin_load_word(cell);
                even = tin_add_even_bytes(even, four);
                odd = tin_add_odd_bytes(odd, four);
            }
            k -= n;
            room -= n;
            if (room > 0 && (k > 0 || i > 1)) continue;
            for (int lane = 0; lane < 2; ++lane) {
                sum[2 * lane] += (int16_t)(uint16_t)(even >> 16 * lane);
                sum[2 * lane + 1] += (int16_t)(uint16_t)(odd >> 16 * lane);
            }
            even = odd = 0;
            room = LANE_CELLS;
        }
    }
}
static uint32_t four_largest(const cells* c, int32_t channel) {
    uint32_t most = 0x80808080u;
    for (int32_t i = 0; i < c->rows; ++i) {
        const int8_t* cell = c->first + channel + i * c->row_step;
        for (int32_t k = c->cols; k > 0; --k, cell += c->step) most = tin_larger_bytes(most, tin_load_word(cell));
    }
    return most;
}
#endif

/* Sums of n channels (one, or four), from `channel` on. */
static void sums(const cells* c, int32_t channel, int32_t n, int32_t* sum) {
#if TIN_MCU_DSP
    if (n == 4) {
        four_sums(c, channel, sum);
        return;
    }
#endif
    for (int32_t k = 0; k < n; ++k) sum[k] = sum_of(c, channel + k);
}

/* The next channels to do together: four, the last four overlapping those before, or one where there are fewer. */
static int32_t group(int32_t channels, int32_t* first) {
    if (channels < 4) return 1;
    if (*first + 4 > channels) *first = channels - 4;
    return 4;
}

static void average_pixel(const cells* c, int32_t channels, int8_t* y) {
    const int32_t count = c->rows * c->cols, half = count / 2;
    for (int32_t first = 0, n; first < channels; first += n) {
        int32_t sum[4];
        n = group(channels, &first);
        sums(c, first, n, sum);
        for (int32_t k = 0; k < n; ++k) y[first + k] = (int8_t)((sum[k] + (sum[k] > 0 ? half : -half)) / count);
    }
}
static void largest_pixel(const cells* c, int32_t channels, int8_t* y) {
    int32_t first = 0;
#if TIN_MCU_DSP
    for (; first + 4 <= channels; first += 4) tin_store_word(y + first, four_largest(c, first));
#endif
    for (; first < channels; ++first) y[first] = largest_of(c, first);
}

static void pool(const tin_mcu_window* w, const int8_t* x, int8_t* y, void (*pixel)(const cells*, int32_t, int8_t*)) {
    int8_t* to = y;
    for (int32_t oy = 0; oy < w->out_h; ++oy)
        for (int32_t ox = 0; ox < w->out_w; ++ox, to += w->in_c) {
            const cells c = cells_of(w, x, oy, ox);
            pixel(&c, w->in_c, to);
        }
    tin_mcu_limit(y, w->out_h * w->out_w * w->in_c, w->range.low, w->range.high);
}
void tin_mcu_average_pool(const tin_mcu_window* w, const int8_t* x, int8_t* y) { pool(w, x, y, average_pixel); }
void tin_mcu_max_pool(const tin_mcu_window* w, const int8_t* x, int8_t* y) { pool(w, x, y, largest_pixel); }

void tin_mcu_mean(int32_t count, int32_t channels, const tin_reduce_scale* scale, const int8_t* x, int8_t* y) {
    const cells c = {x, 1, count, 0, channels};
    for (int32_t first = 0, n; first < channels; first += n) {
        int32_t sum[4];
        n = group(channels, &first);
        sums(&c, first, n, sum);
        for (int32_t k = 0; k < n; ++k)
            y[first + k] = (int8_t)tin_limit(
                tin_wrap_add(tin_scale(sum[k] - scale->zero_x * count, scale->factor), scale->zero_y), -128, 127);
    }
}
