#include "kernel/tensor.h"

int64_t tin_count(const tin_shape* shape) {
    int64_t count = 1;
    for (int32_t i = 0; i < shape->rank; ++i) count *= shape->dim[i];
    return count;
}
