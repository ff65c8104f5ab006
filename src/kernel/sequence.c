#include "kernel/sequence.h"

#define CUM_SUM(D, T)                                                      \
    void tin_cum_sum_##D(const T* x, T* y, const tin_cumulative* s) {      \
        for (int64_t o = 0; o < s->outer; ++o) {                           \
            for (int64_t i = 0; i < s->inner; ++i) {                       \
                T sum = 0;                                                 \
                for (int64_t k = 0; k < s->extent; ++k) {                  \
                    const int64_t j = s->reverse ? s->extent - 1 - k : k;  \
                    const int64_t at = (o * s->extent + j) * s->inner + i; \
                    const T next = (T)(sum + x[at]);                       \
                    y[at] = s->exclusive ? sum : next;                     \
                    sum = next;                                            \
                }                                                          \
            }                                                              \
        }                                                                  \
    }
CUM_SUM(f32, float)
CUM_SUM(u8, uint8_t)
CUM_SUM(u16, uint16_t)
CUM_SUM(u32, uint32_t)
CUM_SUM(u64, uint64_t)

/* Selection: the k best so far lie in the outputs as a heap with the worst on top; a heap sort then puts them in falling order.
 * `before(a, b)`: index a ranks before index b. */
#define TOP_K(D, T)                                                                                   \
    static int differ_##D(T a, T b) { return a != b; }                                                \
    static int before_##D(const T* x, int32_t a, int32_t b) {                                         \
        const int a_nan = differ_##D(x[a], x[a]), b_nan = differ_##D(x[b], x[b]);                     \
        if (a_nan != b_nan) return b_nan;                                                             \
        return x[a] > x[b] || (!(x[b] > x[a]) && a < b);                                              \
    }                                                                                                 \
    static void sink_##D(const T* x, int32_t* heap, int64_t n, int64_t at) {                          \
        const int32_t moved = heap[at];                                                               \
        for (int64_t child; (child = 2 * at + 1) < n; at = child) {                                   \
            if (child + 1 < n && before_##D(x, heap[child], heap[child + 1])) ++child;                \
            if (!before_##D(x, moved, heap[child])) break;                                            \
            heap[at] = heap[child];                                                                   \
        }                                                                                             \
        heap[at] = moved;                                                                             \
    }                                                                                                 \
    void tin_top_k_##D(const T* x, T* values, int32_t* indices, int64_t rows, int64_t n, int64_t k) { \
        for (int64_t r = 0; r < rows && k > 0; ++r, x += n, values += k, indices += k) {              \
            for (int64_t i = 0; i < k; ++i) indices[i] = (int32_t)i;                                  \
            for (int64_t i = k / 2; i-- > 0;) sink_##D(x, indices, k, i);                             \
            for (int64_t i = k; i < n; ++i) {                                                         \
                if (!before_##D(x, (int32_t)i, indices[0])) continue;                                 \
                indices[0] = (int32_t)i;                                                              \
                sink_##D(x, indices, k, 0);                                                           \
            }                                                                                         \
            for (int64_t left = k - 1; left > 0; --left) {                                            \
                const int32_t worst = indices[0];                                                     \
                indices[0] = indices[left];                                                           \
                indices[left] = worst;                                                                \
                sink_##D(x, indices, left, 0);                                                        \
            }                                                                                         \
            for (int64_t i = 0; i < k; ++i) values[i] = x[indices[i]];                                \
        }                                                                                             \
    }

#define ARG(D, T)                                                                                             \
    void tin_arg_##D(const T* x, int64_t* y, int64_t outer, int64_t extent, int64_t inner, int32_t largest) { \
        for (int64_t o = 0; o < outer; ++o, x += extent * inner) {                                            \
            for (int64_t i = 0; i < inner; ++i) {                                                             \
                int64_t best = 0;                                                                             \
                for (int64_t j = 1; j < extent; ++j) {                                                        \
                    const T a = x[j * inner + i], b = x[best * inner + i];                                    \
                    if (largest ? a > b : a < b) best = j;                                                    \
                }                                                                                             \
                *y++ = best;                                                                                  \
            }                                                                                                 \
        }                                                                                                     \
    }

#define BOTH(D, T) TOP_K(D, T) ARG(D, T)
BOTH(f32, float)
BOTH(i8, int8_t)
BOTH(u8, uint8_t)
BOTH(i16, int16_t)
BOTH(u16, uint16_t)
BOTH(i32, int32_t)
BOTH(u32, uint32_t)
BOTH(i64, int64_t)
BOTH(u64, uint64_t)
