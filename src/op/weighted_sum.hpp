// Layers of weighted sums on stored integers: the call of their kernels.
#pragma once

#include "kernel/weighted_sum.h"
#include "op/integer.hpp"
#include "op/kernel_call.hpp"

namespace tinsmith {

// What a kernel needs beside the operands x, weights and bias and the output y of a layer.
struct WeightedSum {
    std::vector<tin_multiplier> scale;  // what `sum` points to
    tin_weighted_sum sum;
    WeightedSum(const EvalContext& c, int64_t channels);
    WeightedSum(const EvalContext& c, std::vector<tin_multiplier> scale);
    WeightedSum(const WeightedSum&) = delete;
};

// The four kernels of a layer, for call_weighted_sum.
#define WEIGHTED_SUM_KERNELS(k) k##_i8, k##_u8, k##_i16, k##_i16_b32

// Calls the kernel for the element types of the node's operands: kernel(front..., x, weights, bias, &q.sum, y).
template <class I8, class U8, class I16, class I16Narrow, class... Front>
void call_weighted_sum(const EvalContext& c, const WeightedSum& q, I8 i8, U8 u8, I16 i16, I16Narrow i16_b32, Front... front) {
    known(c, q.scale);
    const auto compute = [&](auto kernel, auto x, auto weight, auto bias) {
        using X = decltype(x);
        const auto* start = c.has(2) ? c.in[2].as<decltype(bias)>() : nullptr;
        if constexpr (std::is_pointer_v<decltype(kernel)>)
            call(c, kernel, front..., c.in[0].as<X>(), c.in[1].as<decltype(weight)>(), start, &q.sum, c.out[0].as<X>());
        else
            kernel(front..., c.in[0].as<X>(), c.in[1].as<decltype(weight)>(), start, &q.sum, c.out[0].as<X>());
    };
    switch (c.in[0].type->dtype) {
        case DType::i8: return compute(i8, int8_t{}, int8_t{}, int32_t{});
        case DType::u8: return compute(u8, uint8_t{}, uint8_t{}, int32_t{});
        default:
            if (c.has(2) && c.in[2].type->dtype == DType::i32) return compute(i16_b32, int16_t{}, int8_t{}, int32_t{});
            return compute(i16, int16_t{}, int8_t{}, int64_t{});
    }
}

}  // namespace tinsmith
