// Small dense sums and equations, row by row in single precision.
#pragma once

#include <span>
#include <vector>

namespace tinsmith {

// out[i][j] += sum over r < count of a[r][i] * b[r][j]; out has a.size() / count rows of b.size() / count numbers.
void add_products(std::span<const float> a, std::span<const float> b, size_t count, std::span<float> out);

// Solves (m + ridge * identity) x = r for every row r of `right`, which becomes x. m: symmetric, positive semidefinite, width * width
// numbers; ridge > 0.
void solve(std::vector<float> m, float ridge, size_t width, std::span<float> right);

}  // namespace tinsmith
