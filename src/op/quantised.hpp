// How elementwise operators call the kernels of stored integers.
#pragma once

#include "kernel/quantised.h"
#include "op/elementwise.hpp"
#include "op/integer.hpp"

#include <array>
#include <functional>

namespace tinsmith {

template <class T>
using QuantisedKernel = void (*)(const T* a, const T* b, T* y, const tin_walk*, const tin_binary*);
template <class T>
using QuantisedComparison = void (*)(const T* a, const T* b, uint8_t* y, const tin_walk*, const tin_binary*);
// Initialiser of Kernels: QUANTISED_KERNELS(tin_add) names tin_add_qi8, tin_add_qu8 and tin_add_qi16.
#define QUANTISED_KERNELS(k) .i8 = k##_qi8, .i16 = k##_qi16, .u8 = k##_qu8

inline float float_scale(const Type& type) { return type.quant->scale[0]; }

// Scale of x / scale of y: in double precision as TFLite Micro divides them; LiteRT, which alone takes u8, in single.
double scale_ratio(const Type& x, const Type& y);

// Zero points of two operands and the result, and the range that the result may take.
tin_binary binary_of(const EvalContext& c, StoredRange range);
// Factors that bring two operands, moved `shift` bits to the left, to twice the larger scale, which is returned.
double common_scale(const EvalContext& c, int32_t shift, tin_binary& q);
// What an Add's or Sub's kernel takes.
tin_binary sum_of(const EvalContext& c);

template <template <class> class Kernel>
void eval_quantised(const EvalContext& c, const Kernels<Kernel>& kernels, const tin_binary& q) {
    const tin_walk walk = broadcast_walk(c.out[0].type->shape, {&c.in[0].type->shape, &c.in[1].type->shape});
    with_kernel(kernels, c.in[0].type->dtype, [&](auto kernel, auto zero) {
        using T = decltype(zero);
        if constexpr (std::is_same_v<decltype(kernel), QuantisedComparison<T>>)
            call(c, kernel, c.in[0].as<T>(), c.in[1].as<T>(), c.out[0].as<uint8_t>(), &walk, &q);
        else
            call(c, kernel, c.in[0].as<T>(), c.in[1].as<T>(), c.out[0].as<T>(), &walk, &q);
    });
}
// a and b compared after each is brought to real numbers in fixed point.
void eval_quantised_comparison(const EvalContext& c, const Kernels<QuantisedComparison>& kernels);

// One operand. 8-bit types take a table of all results; entry i8(v) is at u8(v).
using StoredTable = std::array<uint8_t, 256>;
StoredTable stored_table(DType from, DType to, const std::function<int32_t(int32_t stored)>& f);
void eval_table(const EvalContext& c, const std::function<int32_t(int32_t stored)>& f);
// A function of real numbers, rounded into the result's scale (halves away from zero): exactly for 8 bits, by interpolation between
// 513 samples for 16.
void eval_real(const EvalContext& c, const std::function<float(float)>& f);
// The samples: f over the range of i16 in x's scale and zero point, in units of the result's scale.
std::vector<int16_t> sample_16(float scale_x, int32_t zero_x, float scale_y, int32_t zero_y,
                               const std::function<float(float)>& f);

using RescaleKernel = void (*)(const int16_t* x, int16_t* y, int64_t n, const tin_rescale*);
// The kernel for any stored type: 8-bit ones by a table of what it makes of their values.
void eval_rescale(const EvalContext& c, RescaleKernel kernel, const tin_rescale& q);
// max(x, 0) and its kin, brought to the result's scale.
void eval_clamp(const EvalContext& c, ActivationRange range);

}  // namespace tinsmith
