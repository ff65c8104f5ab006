#include "kernel/mat_mul.h"

#include "kernel/dot.h"

/* Row by row of b, the inner loop over its columns: no sum to reassociate. */
static void mat_mul_by_rows(const float* a, const float* b, int64_t m, int64_t k, int64_t n, int64_t a_row, int64_t a_col,
                            float* y) {
    for (int64_t r = 0; r < m; ++r) {
        float* out = y + r * n;
        for (int64_t j = 0; j < n; ++j) out[j] = 0.0f;
        for (int64_t i = 0; i < k; ++i) {
            const float scale = a[r * a_row + i * a_col];
            const float* row = b + i * n;
            for (int64_t j = 0; j < n; ++j) out[j] += scale * row[j];
        }
    }
}

void tin_mat_mul_f32(const float* a, const float* b, int64_t m, int64_t k, int64_t n, int adj_x, int adj_y, float* y) {
    const int64_t a_row = adj_x ? 1 : k, a_col = adj_x ? m : 1;
    if (!adj_y) {
        mat_mul_by_rows(a, b, m, k, n, a_row, a_col, y);
        return;
    }
    for (int64_t r = 0; r < m; ++r)
        for (int64_t j = 0; j < n; ++j) {
            float sum = 0.0f;
            if (!adj_x)
                sum = tin_dot_f32(a + r * k, b + j * k, k);
            else
                for (int64_t i = 0; i < k; ++i) sum += a[r + i * a_col] * b[j * k + i];
            y[r * n + j] = sum;
        }
}
