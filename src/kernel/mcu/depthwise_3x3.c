#include "kernel/mcu/depthwise_3x3.h"

#include "kernel/mcu/lanes_3x3.h"
#include "kernel/mcu/requantise.h"

#if TIN_MCU_DSP
/* Rows of outputs made together, columns of a row of windows, of them those inside of x, and where they lie. */
typedef struct {
    int32_t rows, span, inside;
    uint32_t* columns;
} tin_mcu_3x3_layer;

/* Cells of a window's row i, of `columns` columns and four channels, that lie on padding. */
static void pad_row(uint32_t* columns, int32_t n, int32_t i, int8_t zero) {
    const int16_t value = zero;
    char* lane = (char*)columns + 2 * i;
    for (int32_t k = 0; k < 4 * n; ++k) memcpy(lane + 8 * k, &value, sizeof value);
}

/* Cells of columns on padding, whatever their row. */
static void pad_columns(uint32_t* columns, int32_t n, int8_t zero) {
    const uint32_t both = ((uint32_t)zero & 0xFFFFu) * 0x10001u;
    for (int32_t k = 0; k < 8 * n; ++k) columns[k] = both;
}

/* Fills `columns` with the cells of the windows of output row oy, or of two of them, for four channels from c on. */
static void load_rows(const tin_mcu_window* w, const int8_t* x, int32_t rows, int32_t oy, int32_t n, uint32_t* columns) {
    tin_mcu_rows from;
    const int32_t top = oy * w->stride_h - w->pad_top, width = w->in_w * w->in_c;
    for (int32_t i = 0; i < 4; ++i) from.row[i] = x + tin_limit(top + i, 0, w->in_h - 1) * width;
    from.step = w->in_c;
    if (rows == 2)
        tin_mcu_load_4_rows(&from, n, columns);
    else
        tin_mcu_load_3_rows(&from, n, columns);
    for (int32_t i = 0; i < rows + 2; ++i)
        if (top + i < 0 || top + i >= w->in_h) pad_row(columns, n, i, w->range.x_zero);
}

/* Rows oy, oy + rows, ... of four channels, `blocks` of them. */
static void some_rows(const tin_mcu_window* w, const tin_mcu_3x3_layer* l, const int8_t* x, const uint32_t* packed, int32_t oy,
                      int32_t blocks, int32_t second, int8_t* y) {
    tin_mcu_3x3_run run;
    run.zero_2_plus_1 = 2 * w->range.y_zero + 1;
    run.second = second;
    run.y_step = w->out_c;
    run.column_step = 32 * w->stride_w;
    run.block_step = 32 * l->span;
    run.column_skip = run.block_step - run.column_step * w->out_w;
    run.y_skip = (l->rows - 1) * w->out_w * w->out_c;
    run.blocks = blocks;
    for (int32_t i = 0; i < blocks; ++i)
        load_rows(w, x, l->rows, oy + i * l->rows, l->inside, l->columns + 8 * (i * l->span + w->pad_left));
    for (int32_t c = 0; c < 4; ++c) {
        run.channel = packed + TIN_MCU_3X3_WORDS * c;
        run.columns = l->columns + 2 * c;
        run.columns_end = run.columns + 8 * w->out_w * w->stride_w;
        run.y = y + oy * w->out_w * w->out_c + c;
        tin_mcu_3x3_outputs(&run, l->rows, w->range.y_zero != -128);
    }
}

/* All rows of four channels. The second of the last two rows may be missing. */
static void four_channels(const tin_mcu_window* w, const tin_mcu_3x3_layer* l, const int8_t* x, const uint32_t* packed,
                          int8_t* y) {
    const int32_t whole = w->out_h / l->rows, most = tin_mcu_3x3_blocks(w);
    for (int32_t i = 0; i < whole; i += most)
        some_rows(w, l, x, packed, i * l->rows, whole - i < most ? whole - i : most, w->out_w * w->out_c, y);
    if (whole * l->rows < w->out_h) some_rows(w, l, x, packed, whole * l->rows, 1, 0, y);
}

/* The last four channels may overlap those before. */
static void all_channels(const tin_mcu_window* w, const int8_t* x, const uint32_t* packed, uint32_t* columns, int8_t* y) {
    const int32_t span = (w->out_w - 1) * w->stride_w + 3, inside = tin_limit(span - w->pad_left, 0, w->in_w);
    const tin_mcu_3x3_layer l = {w->stride_h == 1 && w->stride_w == 1 ? 2 : 1, span, inside, columns};
    const int32_t left = tin_limit(w->pad_left, 0, span), right = left + inside;
    for (int32_t i = 0; i < tin_mcu_3x3_blocks(w); ++i) {
        pad_columns(columns + 8 * i * span, left, w->range.x_zero);
        pad_columns(columns + 8 * (i * span + right), span - right, w->range.x_zero);
    }
    for (int32_t c = 0; c < w->in_c; c += 4) {
        const int32_t first = c + 4 <= w->in_c ? c : w->in_c - 4;
        four_channels(w, &l, x + first, packed + TIN_MCU_3X3_WORDS * first, y + first);
    }
}
#else
/* One output pixel, from the cells of its window, row by row. */
static void pixel(const tin_mcu_window* w, const int8_t* const* cell, const uint32_t* packed, int8_t* y) {
    const int8_t *a = cell[0], *b = cell[1], *c = cell[2], *d = cell[3], *e = cell[4], *f = cell[5], *g = cell[6], *h = cell[7];
    const int8_t *i = cell[8], *end = a + w->out_c;
    for (; a != end; packed += TIN_MCU_3X3_WORDS) {
        const int8_t* weights = (const int8_t*)(packed + 2);
        int32_t sum = (int32_t)packed[0];
        sum += *a++ * weights[0] + *d++ * weights[1] + *g++ * weights[2];
        sum += *b++ * weights[4] + *e++ * weights[5] + *h++ * weights[6];
        sum += *c++ * weights[8] + *f++ * weights[9] + *i++ * weights[10];
        *y++ = (int8_t)tin_mcu_stored_any((int32_t)((uint32_t)sum * 2u), (int32_t)packed[1], packed[2] >> 24,
                                          2 * w->range.y_zero + 1);
    }
}

/* `padding` has room for one cell. */
static void pixel_by_pixel(const tin_mcu_window* w, const int8_t* x, const uint32_t* packed, int8_t* padding, int8_t* y) {
    memset(padding, w->range.x_zero, (size_t)w->in_c);
    for (int32_t oy = 0; oy < w->out_h; ++oy)
        for (int32_t ox = 0; ox < w->out_w; ++ox, y += w->out_c) {
            const int8_t* cell[9];
            for (int32_t k = 0; k < 9; ++k) {
                const int32_t iy = oy * w->stride_h - w->pad_top + k / 3, ix = ox * w->stride_w - w->pad_left + k % 3;
                const int inside = iy >= 0 && iy < w->in_h && ix >= 0 && ix < w->in_w;
                cell[k] = inside ? x + (iy * w->in_w + ix) * w->in_c : padding;
            }
            pixel(w, cell, packed, y);
        }
}
#endif

void tin_mcu_depthwise_3x3(const tin_mcu_window* w, const int8_t* x, const uint32_t* packed, void* scratch, int8_t* y) {
#if TIN_MCU_DSP
    all_channels(w, x, packed, (uint32_t*)scratch, y);
#else
    pixel_by_pixel(w, x, packed, (int8_t*)scratch, y);
#endif
    tin_mcu_limit(y, w->out_h * w->out_w * w->out_c, w->range.low, w->range.high);
}
