// Vectorised inner loops of integer layers, one set for each instruction set: the same bits as the C99 kernels.
#pragma once

#include "kernel/quantised.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tinsmith {

// How much of tin_scale a layer needs.
enum class Rounding : uint8_t {
    none,     // sums as they are, of 32 bits, without `start`
    clipped,  // nothing below the zero point is stored: which way negative halves go does not show
    whole,    // factors below 1
    shifted,  // factors of 1 and more among them
};

// How the sums of a layer become stored integers; one entry for each output channel, filled up to whole vectors. A sum is kept as
// s + 2^31, which is not negative, so that one unsigned product has all bits of s * mantissa:
//   high half of ((s + 2^31) * 2 mantissa + 2^31) + offset = s * mantissa / 2^31, rounded, + 2^(right - 1)
// of which halves below `ties` = 2^(right - 1), the negative ones, go down by 1 before the shift to the right. No sum may be so
// large that these wrap around.
struct Requantisation {
    const int32_t* start = nullptr;   // the sum before the first product: bias, zero points, 2^31
    const int32_t* factor = nullptr;  // 2 mantissa, unsigned
    const int32_t* offset = nullptr;  // 2^(right - 1) - mantissa
    const int32_t* right = nullptr;
    const int32_t* left = nullptr;
    const int32_t* ties = nullptr;        // -2^31 where nothing is shifted to the right
    int32_t zero = 0, low = 0, high = 0;  // of the result
    Rounding rounding = Rounding::whole;
};

// A factor in the form of Requantisation.
struct ScaleWords {
    int32_t factor, offset, right, left, ties;
};
ScaleWords scale_words(tin_multiplier m);

// y[m][o] = stored(start[o] + sum over k of x[m][k] * weights[o][k])
struct ProductTask {
    const std::byte* x = nullptr;  // m rows of `steps` * 4 bytes, as IntegerIsa::spread writes them
    int64_t m = 0, steps = 0, outs = 0;
    const std::byte* weights =
        nullptr;                 // panels of vectors * lanes channels, the last one narrower: [steps][vectors][lanes][step]
    std::byte* panel = nullptr;  // work space: steps * panel_bytes
    Requantisation to{};
    int8_t* y = nullptr;      // m rows of `outs`
    int32_t* sums = nullptr;  // the same, where there is no rounding
};

// y[m][c] = stored(start[c] + sum over taps of taps[tap][m * advance + c] * weights[tap][c])
struct DepthwiseTask {
    const int8_t* const* taps = nullptr;
    int64_t count = 0, advance = 0;  // taps; bytes of x from one place to the next
    int64_t m = 0, channels = 0;
    const std::byte* weights = nullptr;  // packed by IntegerIsa::pack_depthwise
    Requantisation to{};
    int8_t* y = nullptr;
    int32_t* sums = nullptr;  // instead of y, where there is no rounding
};

struct IntegerIsa {
    const char* name;
    int64_t lanes;        // output channels of one vector of sums
    int64_t vectors;      // vectors of a panel
    int64_t step;         // products that one instruction adds up in each lane: int8 when 4, int16 when 2
    int64_t rows;         // rows of x at a time are best a multiple of this
    int64_t panel_bytes;  // of work space for each step
    int32_t shift;        // what is added to each x before it is multiplied, in both kinds of layer
    // Rows of x as the products take them: 4 bytes for each `step` elements.
    void (*spread)(const int8_t* x, int64_t n, std::byte* to);
    void (*product)(const ProductTask&);
    void (*depthwise)(const DepthwiseTask&);
    std::vector<std::byte> (*pack_depthwise)(const int8_t* weights, int64_t taps, int64_t channels);
    // The sum of two tensors of one shape, as TFLite's ADD computes it.
    void (*add)(const int8_t* a, const int8_t* b, int8_t* y, int64_t n, const tin_binary& q);
};

// Those that this processor has, best first; empty where there is none and the C99 kernels do the work.
std::span<const IntegerIsa* const> integer_isas();

extern const IntegerIsa avx512_vnni_isa, avx2_isa;  // of x86-64

}  // namespace tinsmith
