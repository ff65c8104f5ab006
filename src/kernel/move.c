#include "kernel/move.h"

#include "kernel/any.h"

#include <string.h>

/* A plane: `outer` may have any strides, `inner` is contiguous in the destination or in the source. Blocks keep both the rows
 * that are read and the rows that are written in the first-level cache. */
#define TIN_BLOCK 16
#define PLANE(T, name)                                                                                                     \
    static void name(const T* x, T* y, tin_axis outer, tin_axis inner) {                                                   \
        for (int64_t i0 = 0; i0 < outer.extent; i0 += TIN_BLOCK) {                                                         \
            const int64_t i1 = i0 + TIN_BLOCK < outer.extent ? i0 + TIN_BLOCK : outer.extent;                              \
            for (int64_t j0 = 0; j0 < inner.extent; j0 += TIN_BLOCK) {                                                     \
                const int64_t j1 = j0 + TIN_BLOCK < inner.extent ? j0 + TIN_BLOCK : inner.extent;                          \
                for (int64_t i = i0; i < i1; ++i)                                                                          \
                    for (int64_t j = j0; j < j1; ++j) y[i * outer.to + j * inner.to] = x[i * outer.from + j * inner.from]; \
            }                                                                                                              \
        }                                                                                                                  \
    }
PLANE(tin_any_1, plane_1)
PLANE(tin_any_2, plane_2)
PLANE(tin_any_4, plane_4)
PLANE(tin_any_8, plane_8)

static void move_plane(const char* x, char* y, tin_axis outer, tin_axis inner, int64_t size) {
    if (inner.from == 1 && inner.to == 1 && inner.extent * size >= 16) {
        for (int64_t i = 0; i < outer.extent; ++i)
            memcpy(y + i * outer.to * size, x + i * outer.from * size, (size_t)(inner.extent * size));
        return;
    }
    switch (size) {
        case 1: plane_1((const tin_any_1*)x, (tin_any_1*)y, outer, inner); break;
        case 2: plane_2((const tin_any_2*)x, (tin_any_2*)y, outer, inner); break;
        case 4: plane_4((const tin_any_4*)x, (tin_any_4*)y, outer, inner); break;
        default: plane_8((const tin_any_8*)x, (tin_any_8*)y, outer, inner); break;
    }
}

/* Drops extents of 1, orders the axes by falling destination stride and merges neighbours that form one run in both tensors.
 * Returns the new rank, or -1 when there is nothing to move. */
static int32_t simplify(tin_axis* a, int32_t rank, const tin_axis* axes) {
    int32_t n = 0;
    for (int32_t i = 0; i < rank; ++i) {
        if (axes[i].extent <= 0) return -1;
        if (axes[i].extent == 1) continue;
        int32_t at = n++;
        for (; at > 0 && a[at - 1].to < axes[i].to; --at) a[at] = a[at - 1];
        a[at] = axes[i];
    }
    int32_t kept = 0;
    for (int32_t i = 0; i < n; ++i) {
        if (kept > 0 && a[kept - 1].from == a[i].from * a[i].extent && a[kept - 1].to == a[i].to * a[i].extent) {
            a[i].extent *= a[kept - 1].extent;
            a[kept - 1] = a[i];
        } else {
            a[kept++] = a[i];
        }
    }
    return kept;
}

void tin_move(const void* x, void* y, int32_t rank, const tin_axis* axes, int64_t size) {
    tin_axis a[TIN_MOVE_AXES];
    const tin_axis one = {1, 0, 0};
    int32_t n = simplify(a, rank, axes);
    if (n < 0) return;
    tin_axis inner = n > 0 ? a[--n] : one;
    /* The other axis of the plane: the one along which the source is contiguous, else the next. */
    int32_t chosen = n - 1;
    for (int32_t i = 0; i < n && inner.from != 1; ++i)
        if (a[i].from == 1) chosen = i;
    tin_axis outer = one;
    if (chosen >= 0) {
        outer = a[chosen];
        for (int32_t i = chosen; i + 1 < n; ++i) a[i] = a[i + 1];
        --n;
    }
    int64_t at[TIN_MOVE_AXES] = {0};
    const char* from = (const char*)x;
    char* to = (char*)y;
    for (;;) {
        move_plane(from, to, outer, inner, size);
        int32_t i = n - 1;
        for (; i >= 0; --i) {
            from += a[i].from * size;
            to += a[i].to * size;
            if (++at[i] < a[i].extent) break;
            at[i] = 0;
            from -= a[i].from * a[i].extent * size;
            to -= a[i].to * a[i].extent * size;
        }
        if (i < 0) return;
    }
}

void tin_fill(const void* element, void* y, int64_t n, int64_t size) {
    if (n <= 0) return;
    char* to = (char*)y;
    memcpy(to, element, (size_t)size);
    int64_t done = 1;
    while (done < n) { /* doubles what is there, in pieces that stay in the cache */
        int64_t step = done < n - done ? done : n - done;
        if (step * size > 16384) step = 16384 / size;
        memcpy(to + done * size, to, (size_t)(step * size));
        done += step;
    }
}
