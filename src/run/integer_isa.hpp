// Vectorised inner loops of integer layers, one set for each instruction set: the same bits as the C99 kernels.
#pragma once

#include "kernel/quantised.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace tinsmith {

// How the sums of a layer become stored integers; one entry for each output channel, filled up to whole vectors.
struct Requantisation {
    const int32_t* start = nullptr;     // the sum before the first product: bias and zero points
    const int32_t* mantissa = nullptr;  // tin_multiplier, taken apart
    const int32_t* left = nullptr;
    const int32_t* right = nullptr;
    int32_t zero = 0, low = 0, high = 0;  // of the result
};

// y[m][o] = stored(start[o] + sum over taps and depth of rows[m * taps + tap][i] * weights[o][tap][i])
struct ProductTask {
    const int8_t* const* rows = nullptr;  // for m filled up to a multiple of IntegerIsa::rows
    int64_t m = 0, taps = 0, depth = 0, outs = 0;
    const std::byte* weights = nullptr;  // packed by pack_product
    Requantisation to{};
    int8_t* y = nullptr;  // m rows of `outs`
};

// y[m][c] = stored(start[c] + sum over taps of rows[m * taps + tap][c] * weights[tap][c])
struct DepthwiseTask {
    const int8_t* const* rows = nullptr;
    int64_t m = 0, taps = 0, channels = 0;
    const std::byte* weights = nullptr;  // packed by pack_depthwise
    Requantisation to{};
    int8_t* y = nullptr;
};

struct IntegerIsa {
    const char* name;
    int64_t lanes;  // output channels of one vector of sums
    int64_t step;   // products that one instruction adds up in each lane: int8 when 4, int16 when 2
    int64_t rows;   // rows of a tile
    int32_t shift;  // what is added to each x before it is multiplied
    void (*product)(const ProductTask&);
    void (*depthwise)(const DepthwiseTask&);
    // The sum of two tensors of one shape, as TFLite's ADD computes it.
    void (*add)(const int8_t* a, const int8_t* b, int8_t* y, int64_t n, const tin_binary& q);
};

// Those that this processor has, best first; empty where there is none and the C99 kernels do the work.
std::span<const IntegerIsa* const> integer_isas();

extern const IntegerIsa avx512_vnni_isa, avx2_isa;  // of x86-64

}  // namespace tinsmith
