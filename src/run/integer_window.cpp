#include "run/integer_window.hpp"

#include "op/list.hpp"
#include "op/window.hpp"

#include <algorithm>
#include <cstring>

namespace tinsmith {

static bool one_scale(const Type& type) { return type.dtype == DType::i8 && type.quant && type.quant->axis < 0; }

bool is_plain_integer_layer(const Graph& graph, const Node& node, const ConstantBytes& constant) {
    const Type &x = graph.type(node.input(0)), &weights = graph.type(node.input(1)), &y = graph.type(node.outputs[0]);
    if (!one_scale(x) || !one_scale(y) || weights.dtype != DType::i8 || !weights.quant || !constant(node.input(1)))
        return false;
    if (x.elements() == 0 || weights.elements() == 0) return false;
    const auto& zeros = weights.quant->zero_point;
    if (std::any_of(zeros.begin(), zeros.end(), [](int64_t zero) { return zero != 0; })) return false;
    const ValueId bias = node.input(2);
    return bias == no_value || (graph.type(bias).dtype == DType::i32 && constant(bias));
}

LayerScale::LayerScale(const Graph& graph, const Node& node, const ConstantBytes& constant, std::vector<tin_multiplier> scale,
                       const std::vector<int64_t>& sums, const IntegerIsa& isa, bool shifted) {
    const Type &x = graph.type(node.input(0)), &y = graph.type(node.outputs[0]);
    const auto channels = static_cast<int64_t>(sums.size()), most = (channels + isa.lanes - 1) / isa.lanes * isa.lanes;
    for (auto* list : {&start_, &mantissa_, &left_, &right_}) list->resize(static_cast<size_t>(most));
    const int64_t x_offset = zero_point_of(x) + (shifted ? isa.shift : 0);
    const std::byte* bias = node.input(2) == no_value ? nullptr : constant(node.input(2));
    for (size_t c = 0; c < sums.size(); ++c) {
        int32_t given = 0;
        if (bias) std::memcpy(&given, bias + c * sizeof given, sizeof given);
        start_[c] =
            static_cast<int32_t>(static_cast<uint32_t>(given - x_offset * sums[c]));  // sums wrap around, as the kernel's do
        mantissa_[c] = scale[c].mantissa;
        left_[c] = std::max(scale[c].shift, 0);
        right_[c] = std::max(-scale[c].shift, 0);
    }
    const StoredRange range = stored_range(node, y);
    zero_ = zero_point_of(y);
    low_ = range.low;
    high_ = range.high;
}

Requantisation LayerScale::view() const {
    return {start_.data(), mantissa_.data(), left_.data(), right_.data(), zero_, low_, high_};
}

WindowRows::WindowRows(const tin_window& window, int32_t x_zero)
    : window_(window), zero_row_(static_cast<size_t>(window.in_c), static_cast<int8_t>(x_zero)) {}

void WindowRows::find(const int8_t* x, int64_t first, int64_t count, const int8_t** rows) const {
    const tin_window& w = window_;
    const bool rows_as_they_lie = taps() == 1 && w.stride_h == 1 && w.stride_w == 1 && w.in_h == w.out_h && w.in_w == w.out_w &&
                                  w.pad_top == 0 && w.pad_left == 0;
    if (rows_as_they_lie) {
        for (int64_t place = first; place < first + count; ++place) *rows++ = x + place * w.in_c;
        return;
    }
    int64_t across = first % w.out_w, down = first / w.out_w % w.out_h;
    const int8_t* image = x + first / (w.out_w * w.out_h) * w.in_h * w.in_w * w.in_c;
    for (int64_t place = 0; place < count; ++place) {
        const int64_t top = down * w.stride_h - w.pad_top, left = across * w.stride_w - w.pad_left;
        for (int64_t ky = 0; ky < w.kernel_h; ++ky) {
            const int64_t at_y = top + ky * w.dilation_h;
            const int8_t* line = at_y >= 0 && at_y < w.in_h ? image + at_y * w.in_w * w.in_c : nullptr;
            for (int64_t kx = 0; kx < w.kernel_w; ++kx) {
                const int64_t at_x = left + kx * w.dilation_w;
                *rows++ = line && at_x >= 0 && at_x < w.in_w ? line + at_x * w.in_c : zero_row_.data();
            }
        }
        if (++across < w.out_w) continue;
        across = 0;
        if (++down < w.out_h) continue;
        down = 0;
        image += w.in_h * w.in_w * w.in_c;
    }
}

tin_window layer_window(const Graph& graph, const Node& node) {
    const Shape &x = graph.type(node.input(0)).shape, &y = graph.type(node.outputs[0]).shape;
    const Shape& weights = graph.type(node.input(1)).shape;
    if (!node.is(op::FullyConnected)) return window_of(WindowAttrs::of(node, 2, {weights[1], weights[2]}), x, y);
    const int64_t rows = element_count(y) / weights[0];
    return {.batch = 1,
            .in_h = rows,
            .in_w = 1,
            .in_c = weights[1],
            .out_h = rows,
            .out_w = 1,
            .out_c = weights[0],
            .kernel_h = 1,
            .kernel_w = 1,
            .stride_h = 1,
            .stride_w = 1,
            .dilation_h = 1,
            .dilation_w = 1,
            .pad_top = 0,
            .pad_left = 0};
}

}  // namespace tinsmith
