#include "kernel/dot.h"
#include "kernel/mat_mul.h"

/* Four rows at a time share each row of the weights, which are the larger operand more often than not. */
void tin_fully_connected_f32(const float* x, const float* weights, const float* bias, int64_t rows, int64_t in, int64_t out,
                             float* y) {
    for (int64_t r = 0; r < rows; r += 4) {
        const int64_t end = r + 4 < rows ? r + 4 : rows;
        for (int64_t o = 0; o < out; ++o)
            for (int64_t row = r; row < end; ++row)
                y[row * out + o] = (bias ? bias[o] : 0.0f) + tin_dot_f32(x + row * in, weights + o * in, in);
    }
}
