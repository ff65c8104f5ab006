#include "op/activation.hpp"

#include <algorithm>
#include <limits>

namespace tinsmith {

namespace {

template <class T>
void clamp_elements(T* x, int64_t n, float low, float high) {
    const T from = low >= static_cast<float>(std::numeric_limits<T>::lowest()) ? static_cast<T>(low) : std::numeric_limits<T>::lowest();
    const T to = high <= 6 ? static_cast<T>(high) : std::numeric_limits<T>::max();
    for (int64_t i = 0; i < n; ++i) x[i] = std::min(std::max(x[i], from), to);
}

}  // namespace

ActivationRange activation_range(std::string_view activation) {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    if (activation == "none") return {-infinity, infinity};
    if (activation == "relu") return {0, infinity};
    if (activation == "relu6") return {0, 6};
    if (activation == "relu_n1_to_1") return {-1, 1};
    fail(Fault::input, "no activation is called '{}': none, relu, relu6, relu_n1_to_1", activation);
}

void check_activation(const InferContext& c) { activation_range(c.node.text("activation")); }

void apply_activation(const EvalContext& c) {
    const std::string& activation = c.node.text("activation");
    if (activation == "none") return;
    const auto [low, high] = activation_range(activation);
    const TensorSlot& out = c.out[0];
    const int64_t n = out.type->elements();
    switch (out.type->dtype) {
        case DType::i8: return clamp_elements(out.as<int8_t>(), n, low, high);
        case DType::u8: return clamp_elements(out.as<uint8_t>(), n, low, high);
        case DType::i16: return clamp_elements(out.as<int16_t>(), n, low, high);
        case DType::i32: return clamp_elements(out.as<int32_t>(), n, low, high);
        case DType::i64: return clamp_elements(out.as<int64_t>(), n, low, high);
        default: return clamp_elements(out.as<float>(), n, low, high);
    }
}

}  // namespace tinsmith
