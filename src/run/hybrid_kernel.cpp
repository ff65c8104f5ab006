#include "run/hybrid_kernel.hpp"

#include <algorithm>
#include <cstring>

namespace tinsmith {

bool is_plain_hybrid_layer(const Graph& graph, const Node& node, const ConstantBytes& constant) {
    const Type &x = graph.type(node.input(0)), &weights = graph.type(node.input(1));
    if (x.dtype != DType::f32 || weights.dtype != DType::i8 || !weights.quant || !constant(node.input(1))) return false;
    if (x.elements() == 0 || weights.elements() == 0) return false;
    const auto& zeros = weights.quant->zero_point;
    if (std::any_of(zeros.begin(), zeros.end(), [](int64_t zero) { return zero != 0; })) return false;
    const ValueId bias = node.input(2);
    return bias == no_value || (graph.type(bias).dtype == DType::f32 && constant(bias));
}

HybridScale::HybridScale(const Graph& graph, const Node& node, const ConstantBytes& constant, std::vector<int32_t> sums,
                         int32_t shift, bool one_by_one)
    : scale_(graph.type(node.input(1)).quant->scale),
      bias_(sums.size(), 0.0f),
      sums_(std::move(sums)),
      shift_(shift),
      one_by_one_(one_by_one) {
    if (scale_.size() == 1) scale_.assign(sums_.size(), scale_[0]);
    if (node.input(2) != no_value) std::memcpy(bias_.data(), constant(node.input(2)), bias_.size() * sizeof(float));
}

void HybridScale::finish(const int32_t* sums, int64_t rows, float x_scale, int32_t x_zero, float* y) const {
    const size_t outs = sums_.size();
    // Sums wrap around, as TFLite's do: -(x_zero + shift) * the weights' sum brings them to what the kernel adds up.
    std::vector<uint32_t> start(outs);
    std::vector<float> factor(scale_);
    for (size_t o = 0; o < outs; ++o) start[o] = 0u - static_cast<uint32_t>(x_zero + shift_) * static_cast<uint32_t>(sums_[o]);
    if (!one_by_one_)
        for (float& f : factor) f *= x_scale;
    const float last = one_by_one_ ? x_scale : 1.0f;
    for (int64_t row = 0; row < rows; ++row, sums += outs, y += outs)
        for (size_t o = 0; o < outs; ++o) {
            const auto sum = static_cast<int32_t>(static_cast<uint32_t>(sums[o]) + start[o]);
            y[o] = bias_[o] + static_cast<float>(sum) * factor[o] * last;
        }
}

std::unique_ptr<FastKernel> make_hybrid_kernel(const Graph& graph, const Node& node, const ConstantBytes& constant) {
    if (integer_isas().empty()) return nullptr;
    for (auto* make : {make_hybrid_product, make_hybrid_depthwise})
        if (auto kernel = make(*integer_isas().front(), graph, node, constant)) return kernel;
    return nullptr;
}

}  // namespace tinsmith
