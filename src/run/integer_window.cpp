#include "run/integer_window.hpp"

#include "op/list.hpp"
#include "op/window.hpp"

#include <algorithm>
#include <cstring>

namespace tinsmith {

// Constants are filled up to the vectors of any instruction set.
static constexpr size_t most_lanes = 64;

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

LayerScale::LayerScale(const Graph& graph, const Node& node, const ConstantBytes& constant,
                       const std::vector<tin_multiplier>& scale, const std::vector<ChannelSum>& weights, int32_t shift) {
    const Type &x = graph.type(node.input(0)), &y = graph.type(node.outputs[0]);
    const size_t most = (weights.size() + most_lanes - 1) / most_lanes * most_lanes;
    for (auto* list : {&start_, &factor_, &offset_, &right_, &left_, &ties_}) list->resize(most);
    const int64_t x_zero = zero_point_of(x), widest = std::max(x_zero - INT8_MIN, INT8_MAX - x_zero);
    const std::byte* bias = node.input(2) == no_value ? nullptr : constant(node.input(2));
    bool shifted = false;
    for (size_t c = 0; c < weights.size(); ++c) {
        int32_t given = 0;
        if (bias) std::memcpy(&given, bias + c * sizeof given, sizeof given);
        const int64_t start = given - (x_zero + shift) * weights[c].sum;
        set(c, static_cast<int32_t>(static_cast<uint32_t>(start) + 0x80000000u), scale[c]);
        fits_ = fits_ && std::abs(int64_t{given}) + widest * weights[c].absolute < 1 << 30;
        shifted = shifted || scale[c].shift > 0;
    }
    const StoredRange range = stored_range(node, y);
    zero_ = zero_point_of(y);
    low_ = range.low;
    high_ = range.high;
    rounding_ = shifted ? Rounding::shifted : low_ >= zero_ ? Rounding::clipped : Rounding::whole;
}

void LayerScale::set(size_t channel, int32_t start, tin_multiplier scale) {
    const ScaleWords words = scale_words(scale);
    start_[channel] = start;
    factor_[channel] = words.factor;
    offset_[channel] = words.offset;
    right_[channel] = words.right;
    left_[channel] = words.left;
    ties_[channel] = words.ties;
}

Requantisation LayerScale::view() const {
    return {.start = start_.data(),
            .factor = factor_.data(),
            .offset = offset_.data(),
            .right = right_.data(),
            .left = left_.data(),
            .ties = ties_.data(),
            .zero = zero_,
            .low = low_,
            .high = high_,
            .rounding = rounding_};
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
