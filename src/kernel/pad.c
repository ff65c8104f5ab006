#include "kernel/pad.h"

#include <string.h>

/* The mirrored coordinate: a walk to and fro over n elements, of period 2n (symmetric) or 2n - 2. */
static int64_t mirror(int64_t i, int64_t n, int32_t symmetric) {
    const int64_t period = symmetric ? 2 * n : 2 * n - 2;
    if (n == 1) return 0;
    i %= period;
    if (i < 0) i += period;
    return i < n ? i : period - i - (symmetric ? 1 : 0);
}

void tin_pad_mirror(const void* x, void* y, const tin_shape* in, const tin_shape* out, const int64_t* before, int32_t symmetric,
                    int64_t size) {
    const int32_t last = in->rank - 1;
    int64_t at[TIN_MAX_RANK] = {0};
    char* to = (char*)y;
    int64_t n = in->dim[last], lead = before[last], width = out->dim[last], rows = 1;
    int64_t run = n < width - lead ? n : width - lead; /* elements that keep their order */
    if (run < 0) run = 0;
    for (int32_t d = 0; d < last; ++d) rows *= out->dim[d];
    for (int64_t r = 0; r < rows; ++r) {
        int64_t offset = 0;
        for (int32_t d = 0; d < last; ++d) offset = offset * in->dim[d] + mirror(at[d] - before[d], in->dim[d], symmetric);
        const char* row = (const char*)x + offset * n * size;
        for (int64_t j = 0; j < width; ++j) {
            if (j == lead && run > 0) {
                memcpy(to + j * size, row, (size_t)(run * size));
                j += run - 1;
            } else {
                memcpy(to + j * size, row + mirror(j - lead, n, symmetric) * size, (size_t)size);
            }
        }
        to += width * size;
        for (int32_t d = last - 1; d >= 0 && ++at[d] == out->dim[d]; --d) at[d] = 0;
    }
}
