#include "op/hybrid.hpp"

#include "op/infer.hpp"
#include "op/list.hpp"

#include <algorithm>

namespace tinsmith {

std::span<const size_t> hybrid_operands(const Node& node) {
    static constexpr size_t layer[]{1}, two[]{1, 2}, lstm[]{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16};
    if (node.is(op::LSTM)) return lstm;
    if (node.is(op::RNN) || node.is(op::SVDF)) return two;
    const bool one = node.is(op::Conv) || node.is(op::DepthwiseConv) || node.is(op::ConvTranspose) ||
                     node.is(op::FullyConnected) || node.is(op::MatMul);
    return one ? std::span<const size_t>(layer) : std::span<const size_t>{};
}

bool is_hybrid(const Graph& graph, const Node& node) {
    const std::span<const size_t> weights = hybrid_operands(node);
    return !weights.empty() && graph.type(node.inputs[0]).dtype == DType::f32 &&
           std::any_of(weights.begin(), weights.end(),
                       [&](size_t i) { return node.input(i) != no_value && is_quantised(graph.type(node.input(i))); });
}

void check_alike(const InferContext& c) {
    size_t stored = 0, present = 0;
    for (size_t i : hybrid_operands(c.node)) {
        if (!c.has(i)) continue;
        const Type& type = c.type(i);
        ++present;
        if (type.dtype == DType::f32) continue;
        ++stored;
        check(type.dtype == DType::i8 && type.quant && type.quant->scale.size() == 1 && type.quant->zero_point[0] == 0,
              "operand '{}' is {}, neither f32 nor i8 of one scale around 0", c.node.op->operands[i].role, to_string(type));
    }
    check(stored == 0 || stored == present, "some weights are stored integers, others floats");
}

HybridInput::HybridInput(const Type& weights, int64_t size, Scheme scheme)
    : sum{0, 1, weights.quant->scale.data(), weights.quant->scale.size() > 1, 0},
      stored(static_cast<size_t>(size)),
      scheme_(scheme) {}

void HybridInput::take(const float* x) {
    const auto size = static_cast<int64_t>(stored.size());
    if (scheme_ == Scheme::symmetric)
        sum.x_scale = tin_quantise_symmetric(x, size, stored.data());
    else
        sum.x_scale = tin_quantise_asymmetric(x, size, stored.data(), &sum.x_zero);
}

void HybridInput::multiply(const float* x, const int8_t* weights, const float* start, int64_t out, float* y) {
    take(x);
    tin_fully_connected_hybrid(stored.data(), weights, start, static_cast<int64_t>(stored.size()), out, &sum, y);
}

}  // namespace tinsmith
