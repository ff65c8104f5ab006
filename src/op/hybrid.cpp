#include "op/hybrid.hpp"

namespace tinsmith {

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

}  // namespace tinsmith
