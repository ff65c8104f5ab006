// TFLite knows two paddings: VALID (none) and SAME, which depends on size, kernel and stride. All others need a PAD operator.
#pragma once

#include <algorithm>
#include <cstdint>

namespace tinsmith {

struct SamePadding {
    int64_t out, before, after;
};

// SAME along one dimension: out = ceil(n / stride), and the smaller half of what the windows need comes first.
inline SamePadding same_padding(int64_t n, int64_t kernel, int64_t stride, int64_t dilation = 1) {
    int64_t out = (n + stride - 1) / stride;
    int64_t total = std::max<int64_t>((out - 1) * stride + (kernel - 1) * dilation + 1 - n, 0);
    return {out, total / 2, total - total / 2};
}

}  // namespace tinsmith
