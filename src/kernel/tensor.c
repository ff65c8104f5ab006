#include "kernel/tensor.h"

int64_t tin_count(const tin_shape* shape) {
    int64_t count = 1;
    for (int32_t i = 0; i < shape->rank; ++i) count *= shape->dim[i];
    return count;
}

int tin_next_row(const tin_walk* walk, tin_cursor* at) {
    for (int32_t d = walk->rank - 2; d >= 0; --d) {
        for (int k = 0; k < 3; ++k) at->offset[k] += walk->stride[k][d];
        if (++at->index[d] < walk->dim[d]) return 1;
        for (int k = 0; k < 3; ++k) at->offset[k] -= walk->stride[k][d] * walk->dim[d];
        at->index[d] = 0;
    }
    return 0;
}
