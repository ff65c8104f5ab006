// How the arguments of kernels are recorded: numbers, pointers, and structures member by member.
#pragma once

#include "kernel/conv_3d.h"
#include "kernel/gather.h"
#include "kernel/lstm.h"
#include "kernel/lstm_integer.h"
#include "kernel/mat_mul_integer.h"
#include "kernel/move.h"
#include "kernel/quantised.h"
#include "kernel/quantised_reduce.h"
#include "kernel/quantised_softmax.h"
#include "kernel/quantize.h"
#include "kernel/resize.h"
#include "kernel/scatter.h"
#include "kernel/sequence.h"
#include "kernel/svdf.h"
#include "op/kernel_call.hpp"

#include <tuple>
#include <type_traits>

namespace tinsmith {

// C's name of a type of numbers, and of a structure its members in order.
template <class T>
struct KernelType {
    static constexpr std::string_view name = std::is_same_v<T, float>      ? "float"
                                             : std::is_same_v<T, double>   ? "double"
                                             : std::is_same_v<T, int8_t>   ? "int8_t"
                                             : std::is_same_v<T, int16_t>  ? "int16_t"
                                             : std::is_same_v<T, int32_t>  ? "int32_t"
                                             : std::is_same_v<T, int64_t>  ? "int64_t"
                                             : std::is_same_v<T, uint8_t>  ? "uint8_t"
                                             : std::is_same_v<T, uint16_t> ? "uint16_t"
                                             : std::is_same_v<T, uint32_t> ? "uint32_t"
                                             : std::is_same_v<T, uint64_t> ? "uint64_t"
                                             : std::is_void_v<T>           ? "void"
                                                                           : "";
};

#define TIN_KERNEL_STRUCTURE(T, ...)                                      \
    template <>                                                           \
    struct KernelType<T> {                                                \
        static constexpr std::string_view name = #T;                      \
        static auto members(const T& s) { return std::tie(__VA_ARGS__); } \
    };
TIN_KERNEL_STRUCTURE(tin_multiplier, s.mantissa, s.shift)
TIN_KERNEL_STRUCTURE(tin_window, s.batch, s.in_h, s.in_w, s.in_c, s.out_h, s.out_w, s.out_c, s.kernel_h, s.kernel_w, s.stride_h,
                     s.stride_w, s.dilation_h, s.dilation_w, s.pad_top, s.pad_left)
TIN_KERNEL_STRUCTURE(tin_window_3d, s.batch, s.in_c, s.out_c, s.in, s.out, s.kernel, s.stride, s.dilation, s.pad)
TIN_KERNEL_STRUCTURE(tin_weighted_sum, s.x_zero, s.weights_zero, s.y_zero, s.low, s.high, s.scale)
TIN_KERNEL_STRUCTURE(tin_dense, s.rows, s.in, s.out)
TIN_KERNEL_STRUCTURE(tin_product, s.m, s.k, s.n, s.adj_x, s.adj_y)
TIN_KERNEL_STRUCTURE(tin_shape, s.rank, s.dim)
TIN_KERNEL_STRUCTURE(tin_walk, s.rank, s.dim, s.stride)
TIN_KERNEL_STRUCTURE(tin_axis, s.extent, s.from, s.to)
TIN_KERNEL_STRUCTURE(tin_binary, s.zero_a, s.zero_b, s.zero_y, s.a, s.b, s.y, s.shift, s.low, s.high)
TIN_KERNEL_STRUCTURE(tin_rescale, s.zero_x, s.zero_y, s.positive, s.negative, s.low, s.high)
TIN_KERNEL_STRUCTURE(tin_quant, s.outer, s.channels, s.inner, s.scale, s.zero_point, s.halves_to_even)
TIN_KERNEL_STRUCTURE(tin_reduction, s.kept_rank, s.reduced_rank, s.kept, s.kept_stride, s.reduced, s.reduced_stride)
TIN_KERNEL_STRUCTURE(tin_reduce_scale, s.zero_x, s.zero_y, s.factor)
TIN_KERNEL_STRUCTURE(tin_softmax_scale, s.input, s.diff_min, s.reverse)
TIN_KERNEL_STRUCTURE(tin_gather, s.batch, s.outer, s.extent, s.picks, s.bytes)
TIN_KERNEL_STRUCTURE(tin_scatter, s.extents, s.depth, s.picks, s.inner)
TIN_KERNEL_STRUCTURE(tin_cumulative, s.outer, s.extent, s.inner, s.exclusive, s.reverse)
TIN_KERNEL_STRUCTURE(tin_resize, s.batch, s.in_h, s.in_w, s.out_h, s.out_w, s.channels, s.align_corners, s.half_pixel_centers)
TIN_KERNEL_STRUCTURE(tin_svdf, s.batch, s.in, s.filters, s.memory, s.rank)
TIN_KERNEL_STRUCTURE(tin_svdf_scales, s.x_zero, s.y_zero, s.low, s.high, s.seen, s.y)
TIN_KERNEL_STRUCTURE(tin_lstm_gate, s.weights, s.recurrent, s.peephole, s.bias)
TIN_KERNEL_STRUCTURE(tin_lstm, s.batch, s.in, s.cell, s.out, s.coupled, s.input, s.forget, s.update, s.output, s.projection,
                     s.projection_bias, s.cell_clip, s.proj_clip, s.activation)
TIN_KERNEL_STRUCTURE(tin_integer_gate, s.weights, s.recurrent, s.bias, s.scale, s.recurrent_scale)
TIN_KERNEL_STRUCTURE(tin_integer_lstm, s.batch, s.in, s.cell, s.input, s.forget, s.update, s.output, s.x_zero, s.hidden_zero,
                     s.kept, s.added, s.shown, s.state_factor, s.state_shift, s.clip)
#undef TIN_KERNEL_STRUCTURE

// The argument that records `value`.
template <class T>
KernelArgument kernel_argument(const T& value) {
    using Kind = KernelArgument::Kind;
    if constexpr (std::is_array_v<T>) {
        KernelArgument out{.kind = Kind::array, .type = KernelType<std::remove_all_extents_t<T>>::name};
        for (const auto& element : value) out.members.push_back(kernel_argument(element));
        return out;
    } else if constexpr (std::is_pointer_v<T>) {
        using To = std::remove_cv_t<std::remove_pointer_t<T>>;
        if constexpr (requires(const To& to) { KernelType<To>::members(to); }) {
            if constexpr (std::is_const_v<std::remove_pointer_t<T>>) {
                // A descriptor; an array of structures was made known and is found by its address.
                KernelArgument out{.kind = Kind::pointer, .type = KernelType<To>::name, .pointer = value};
                if (value) out.members.push_back(kernel_argument(*value));
                return out;
            }
        }
        return {.kind = Kind::pointer, .type = KernelType<To>::name, .pointer = value};
    } else if constexpr (std::is_floating_point_v<T>) {
        return {.kind = Kind::real, .type = KernelType<T>::name, .real = value};
    } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
        return {.kind = Kind::integer, .type = KernelType<T>::name, .integer = static_cast<int64_t>(value)};
    } else {
        KernelArgument out{.kind = Kind::structure, .type = KernelType<T>::name};
        std::apply([&](const auto&... member) { (out.members.push_back(kernel_argument(member)), ...); },
                   KernelType<T>::members(value));
        return out;
    }
}

template <class T>
void known(const EvalContext& c, const T* data, size_t count) {
    KernelCalls* calls = calls_of(c);
    if (!calls) return;
    KernelArgument array{.kind = KernelArgument::Kind::array, .type = KernelType<T>::name};
    for (size_t i = 0; i < count; ++i) array.members.push_back(kernel_argument(data[i]));
    calls->know(data, count * sizeof(T), std::move(array));
}

template <class... P, class... A>
void call(const EvalContext& c, void (*kernel)(P...), A... arguments) {
    KernelCalls* calls = calls_of(c);
    if (!calls) return kernel(arguments...);
    calls->add({reinterpret_cast<const void*>(kernel), {kernel_argument(static_cast<P>(arguments))...}});
}

}  // namespace tinsmith
