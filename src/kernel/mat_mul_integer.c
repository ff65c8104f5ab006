#include "kernel/mat_mul_integer.h"

#include "kernel/integer_dot.h"

/* So many columns of the result are summed at once, side by side. */
#define BLOCK 32

/* The operands are walked as they lie: a's element (r, i) is at r * a_row + i * a_col, b's (i, j) at i * b_row + j * b_col. */
#define MAT_MUL(name, X, W, SUM, FACTOR, add, stored)                                                                  \
    void name(const tin_product* p, const X* a, const W* b, const tin_weighted_sum* q, X* y) {                         \
        const int64_t a_row = p->adj_x ? 1 : p->k, a_col = p->adj_x ? p->m : 1;                                        \
        const int64_t b_row = p->adj_y ? 1 : p->n, b_col = p->adj_y ? p->k : 1;                                        \
        for (int64_t r = 0; r < p->m; ++r)                                                                             \
            for (int64_t first = 0; first < p->n; first += BLOCK) {                                                    \
                const int64_t n = p->n - first < BLOCK ? p->n - first : BLOCK;                                         \
                SUM sum[BLOCK] = {0};                                                                                  \
                for (int64_t i = 0; i < p->k; ++i) {                                                                   \
                    const FACTOR factor = (FACTOR)(a[r * a_row + i * a_col] - q->x_zero);                              \
                    const W* row = b + i * b_row + first * b_col;                                                      \
                    for (int64_t j = 0; j < n; ++j) sum[j] = add(sum[j], factor * (row[j * b_col] - q->weights_zero)); \
                }                                                                                                      \
                for (int64_t j = 0; j < n; ++j) y[r * p->n + first + j] = (X)stored(sum[j], q, 0);                     \
            }                                                                                                          \
    }
#define ADD(a, b) ((a) + (b))
static MAT_MUL(by_columns_i8, int8_t, int8_t, int32_t, int32_t, tin_wrap_add, tin_stored)
    MAT_MUL(tin_mat_mul_i16, int16_t, int16_t, int64_t, int64_t, ADD, tin_stored_wide)
        MAT_MUL(tin_mat_mul_i16_i8, int16_t, int8_t, int64_t, int64_t, ADD, tin_stored_wide)

    /* Where both operands' terms lie side by side, rows are multiplied with rows. */
    void tin_mat_mul_i8(const tin_product* p, const int8_t* a, const int8_t* b, const tin_weighted_sum* q, int8_t* y) {
    if (p->adj_x || !p->adj_y) {
        by_columns_i8(p, a, b, q, y);
        return;
    }
    for (int64_t r = 0; r < p->m; ++r, a += p->k)
        for (int64_t j = 0; j < p->n; ++j) {
            int32_t sum = 0;
            tin_dot1_i8(a, q->x_zero, b + j * p->k, q->weights_zero, p->k, &sum);
            *y++ = (int8_t)tin_stored(sum, q, 0);
        }
}
