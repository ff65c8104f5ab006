// TFLite knows two paddings for convolutions and pools, and derives the amounts from the extents.
#pragma once

#include "format/tflite/schema_generated.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

namespace tinsmith::tflite {

// One spatial axis of a sliding window.
struct Window {
    int64_t in, out, kernel, stride, dilation, before;  // before: cells of padding in front of the first element

    int64_t reach() const { return (kernel - 1) * dilation + 1; }
    // Cells that the windows need behind the last element (negative: the last elements are not reached).
    int64_t after() const { return (out - 1) * stride + reach() - in - before; }
    // SAME: out = ceil(in / stride), the odd cell behind.
    int64_t same_out() const { return (in + stride - 1) / stride; }
    int64_t same_before() const { return std::max<int64_t>((same_out() - 1) * stride + reach() - in, 0) / 2; }
    bool is_same() const { return out == same_out() && before == same_before(); }
    // VALID: only whole windows.
    int64_t valid_out() const { return in < reach() ? 0 : (in - reach()) / stride + 1; }
    bool is_valid() const { return before == 0 && out == valid_out(); }
};

// The padding that places all windows as asked; null when none does.
inline std::optional<Padding> padding_of(std::span<const Window> windows) {
    if (std::all_of(windows.begin(), windows.end(), [](const Window& w) { return w.is_valid(); })) return Padding::VALID;
    if (std::all_of(windows.begin(), windows.end(), [](const Window& w) { return w.is_same(); })) return Padding::SAME;
    return std::nullopt;
}

}  // namespace tinsmith::tflite
