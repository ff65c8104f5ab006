#include "op/activation.hpp"

#include "kernel/activation.h"
#include "op/elementwise.hpp"

#include <limits>

namespace tinsmith {

ActivationRange activation_range(std::string_view activation) {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    if (activation == "none") return {-infinity, infinity};
    if (activation == "relu") return {0, infinity};
    if (activation == "relu6") return {0, 6};
    if (activation == "relu_n1_to_1") return {-1, 1};
    fail(Fault::input, "no activation is called '{}': none, relu, relu6, relu_n1_to_1", activation);
}

void check_activation(const InferContext& c) { activation_range(c.node.text("activation")); }

void clamp(const EvalContext& c, const TensorView& x, const TensorSlot& y, ActivationRange range) {
    const auto [low, high] = range;
    const int64_t n = y.type->elements();
    if (y.type->dtype == DType::f32) return call(c, tin_clamp_f32, x.as<float>(), y.as<float>(), n, low, high);
    // Integers: a bound outside the type's own range does not bind.
    with_kernel(Kernels<ClampKernel>{INTEGER_KERNELS(tin_clamp)}, y.type->dtype, [&](auto kernel, auto zero) {
        using T = decltype(zero);
        using Limits = std::numeric_limits<T>;
        const T least = low < static_cast<float>(Limits::lowest()) ? Limits::lowest() : static_cast<T>(low);
        const T most = high >= static_cast<float>(Limits::max()) ? Limits::max() : static_cast<T>(high);
        call(c, kernel, x.as<T>(), y.as<T>(), n, least, most);
    });
}

void apply_activation(const EvalContext& c) {
    const std::string& activation = c.node.text("activation");
    if (activation == "none") return;
    const TensorSlot& y = c.out[0];
    clamp(c, {y.type, y.data}, y, activation_range(activation));
}

}  // namespace tinsmith
