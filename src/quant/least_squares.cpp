#include "quant/least_squares.hpp"

namespace tinsmith {

void add_products(std::span<const float> a, std::span<const float> b, size_t count, std::span<float> out) {
    const size_t rows = a.size() / count, width = b.size() / count;
    constexpr size_t together = 4;  // one pass over `out` for so many
    for (size_t r = 0; r < count; r += together) {
        for (size_t i = 0; i < rows; ++i) {
            float* const to = out.data() + i * width;
            if (r + together > count) {
                for (size_t k = r; k < count; ++k)
                    for (size_t j = 0; j < width; ++j) to[j] += a[k * rows + i] * b[k * width + j];
                continue;
            }
            const float *const b0 = b.data() + r * width, *const b1 = b0 + width, *const b2 = b1 + width,
                               *const b3 = b2 + width;
            const float a0 = a[r * rows + i], a1 = a[(r + 1) * rows + i], a2 = a[(r + 2) * rows + i],
                        a3 = a[(r + 3) * rows + i];
            for (size_t j = 0; j < width; ++j) to[j] += (a0 * b0[j] + a1 * b1[j]) + (a2 * b2[j] + a3 * b3[j]);
        }
    }
}

// Gauss's elimination without pivots, which such matrices do not need; row k of m is then row k of the upper triangle.
void solve(std::vector<float> m, float ridge, size_t width, std::span<float> right) {
    for (size_t i = 0; i < width; ++i) m[i * width + i] += ridge;
    const auto subtract = [&](float factor, size_t k, float* from) {
        const float* const row = m.data() + k * width;
        for (size_t j = k + 1; j < width; ++j) from[j] -= factor * row[j];
    };
    for (size_t k = 0; k < width; ++k)
        for (size_t i = k + 1; i < width; ++i) {
            const float factor = m[k * width + i] / m[k * width + k];  // symmetric: the lower triangle is not kept
            float* const row = m.data() + i * width;
            for (size_t j = i; j < width; ++j) row[j] -= factor * m[k * width + j];
        }
    for (float* x = right.data(); x != right.data() + right.size(); x += width) {
        for (size_t k = 0; k < width; ++k) subtract(x[k] / m[k * width + k], k, x);
        for (size_t k = width; k-- > 0;) {
            float sum = x[k];
            for (size_t j = k + 1; j < width; ++j) sum -= m[k * width + j] * x[j];
            x[k] = sum / m[k * width + k];
        }
    }
}

}  // namespace tinsmith
