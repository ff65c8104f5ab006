#include "kernel/non_max_suppression.h"

static float least(float a, float b) { return a < b ? a : b; }
static float most(float a, float b) { return a > b ? a : b; }

static float overlap(const float* a, const float* b) {
    const float a_top = least(a[0], a[2]), a_bottom = most(a[0], a[2]), a_left = least(a[1], a[3]), a_right = most(a[1], a[3]);
    const float b_top = least(b[0], b[2]), b_bottom = most(b[0], b[2]), b_left = least(b[1], b[3]), b_right = most(b[1], b[3]);
    const float a_area = (a_bottom - a_top) * (a_right - a_left), b_area = (b_bottom - b_top) * (b_right - b_left);
    if (a_area <= 0.0f || b_area <= 0.0f) return 0.0f;
    const float height = most(least(a_bottom, b_bottom) - most(a_top, b_top), 0.0f);
    const float width = most(least(a_right, b_right) - most(a_left, b_left), 0.0f);
    const float common = height * width;
    return common / (a_area + b_area - common);
}

int32_t tin_non_max_suppression_f32(const float* boxes, const int32_t* order, int64_t count, int64_t max_output, float iou,
                                    int32_t* selected) {
    int32_t found = 0;
    for (int64_t i = 0; i < count && found < max_output; ++i) {
        int32_t free = 1;
        /* Boxes of like score lie close to each other: the latest selected one is the likeliest to overlap. */
        for (int32_t j = found; free && j > 0; --j) free = overlap(boxes + 4 * order[i], boxes + 4 * selected[j - 1]) < iou;
        if (free) selected[found++] = order[i];
    }
    return found;
}
