// What hybrid layers store of their input, on vectors: the same bits as tin_quantise_symmetric and tin_quantise_asymmetric.
#pragma once

#include <cstdint>

namespace tinsmith {

struct RowScale {
    float scale = 1;
    int32_t zero = 0;
};

RowScale quantise_row(const float* x, int64_t n, bool asymmetric, int8_t* y);

}  // namespace tinsmith
