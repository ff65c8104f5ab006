// What integer layers with windows share: where the rows of x lie that a place of the output needs, and the requantisation.
#pragma once

#include "kernel/window.h"
#include "op/integer.hpp"
#include "run/fast_kernel.hpp"
#include "run/integer_isa.hpp"

namespace tinsmith {

// A layer whose x, weights, bias and result are those that the vectorised kernels take: 8 bits, symmetric constant weights.
bool is_plain_integer_layer(const Graph& graph, const Node& node, const ConstantBytes& constant);

// The constants of a Requantisation, and their owner.
class LayerScale {
public:
    // `sums` has for each channel the sum of its weights, `scale` its factor.
    LayerScale(const Graph& graph, const Node& node, const ConstantBytes& constant, std::vector<tin_multiplier> scale,
               const std::vector<int64_t>& sums, const IntegerIsa& isa, bool shifted);
    Requantisation view() const;

private:
    std::vector<int32_t> start_, mantissa_, left_, right_;
    int32_t zero_ = 0, low_ = 0, high_ = 0;
};

// Rows of x by place and cell of the window; a cell on the padding is a row of zero points.
class WindowRows {
public:
    WindowRows(const tin_window& window, int32_t x_zero);
    int64_t places() const { return window_.batch * window_.out_h * window_.out_w; }
    int64_t taps() const { return window_.kernel_h * window_.kernel_w; }
    // For places [first, first + count): count * taps pointers.
    void find(const int8_t* x, int64_t first, int64_t count, const int8_t** rows) const;

private:
    tin_window window_;
    std::vector<int8_t> zero_row_;
};

// The window of a Conv or DepthwiseConv; a FullyConnected is a window of one cell over its rows.
tin_window layer_window(const Graph& graph, const Node& node);

}  // namespace tinsmith
