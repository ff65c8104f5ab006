// What the elementwise operators share: which kernel an element type takes, and the call of it.
#pragma once

#include "op/infer.hpp"
#include "op/kernel_call.hpp"
#include "op/list.hpp"
#include "op/walk.hpp"

#include <cassert>

namespace tinsmith {

template <class T>
using UnaryKernel = void (*)(const T* x, T* y, int64_t n);
template <class T>
using BinaryKernel = void (*)(const T* a, const T* b, T* y, const tin_walk*);
template <class T>
using CompareKernel = void (*)(const T* a, const T* b, uint8_t* y, const tin_walk*);
template <class T>
using ClampKernel = void (*)(const T* x, T* y, int64_t n, T low, T high);

// One kernel per element type; null where there is none.
template <template <class> class Kernel>
struct Kernels {
    Kernel<float> f32 = nullptr;
    Kernel<int8_t> i8 = nullptr;
    Kernel<int16_t> i16 = nullptr;
    Kernel<int32_t> i32 = nullptr;
    Kernel<int64_t> i64 = nullptr;
    Kernel<uint8_t> u8 = nullptr;
    Kernel<uint16_t> u16 = nullptr;
    Kernel<uint32_t> u32 = nullptr;
    Kernel<uint64_t> u64 = nullptr;
    Kernel<uint8_t> boolean = nullptr;
};

// Initialisers of Kernels: INTEGER_KERNELS(tin_add) names tin_add_i8 ... tin_add_u64.
#define SIGNED_KERNELS(k) .i8 = k##_i8, .i16 = k##_i16, .i32 = k##_i32, .i64 = k##_i64
#define INTEGER_KERNELS(k) SIGNED_KERNELS(k), .u8 = k##_u8, .u16 = k##_u16, .u32 = k##_u32, .u64 = k##_u64
#define NUMBER_KERNELS(k) .f32 = k##_f32, INTEGER_KERNELS(k)

// Calls `call(kernel, T{})` with the kernel for `dtype`, which infer has seen to.
template <template <class> class Kernel, class Call>
void with_kernel(const Kernels<Kernel>& kernels, DType dtype, Call&& call) {
    const auto with = [&](auto kernel, auto zero) {
        assert(kernel);
        if (kernel) call(kernel, zero);
    };
    switch (dtype) {
        case DType::f32: return with(kernels.f32, float{});
        case DType::i8: return with(kernels.i8, int8_t{});
        case DType::i16: return with(kernels.i16, int16_t{});
        case DType::i32: return with(kernels.i32, int32_t{});
        case DType::i64: return with(kernels.i64, int64_t{});
        case DType::u8: return with(kernels.u8, uint8_t{});
        case DType::u16: return with(kernels.u16, uint16_t{});
        case DType::u32: return with(kernels.u32, uint32_t{});
        case DType::u64: return with(kernels.u64, uint64_t{});
        case DType::boolean: return with(kernels.boolean, uint8_t{});
        default: assert(!"infer lets no other element type through");
    }
}

inline void eval_unary(const EvalContext& c, const Kernels<UnaryKernel>& kernels) {
    with_kernel(kernels, c.in[0].type->dtype, [&](auto kernel, auto zero) {
        using T = decltype(zero);
        call(c, kernel, c.in[0].as<T>(), c.out[0].as<T>(), c.out[0].type->elements());
    });
}

template <template <class> class Kernel>
void eval_binary(const EvalContext& c, const Kernels<Kernel>& kernels) {
    const tin_walk walk = broadcast_walk(c.out[0].type->shape, {&c.in[0].type->shape, &c.in[1].type->shape});
    with_kernel(kernels, c.in[0].type->dtype, [&](auto kernel, auto zero) {
        using T = decltype(zero);
        if constexpr (std::is_same_v<decltype(kernel), CompareKernel<T>>)
            call(c, kernel, c.in[0].as<T>(), c.in[1].as<T>(), c.out[0].as<uint8_t>(), &walk);
        else
            call(c, kernel, c.in[0].as<T>(), c.in[1].as<T>(), c.out[0].as<T>(), &walk);
    });
}

// infer: as infer_same, infer_broadcast and infer_compare, for the element types of `allowed` alone.
inline constexpr DTypes integer_types =
    dtypes(DType::i8, DType::i16, DType::i32, DType::i64, DType::u8, DType::u16, DType::u32, DType::u64);
inline constexpr DTypes number_types = integer_types | dtypes(DType::f32);
void check_dtype(const InferContext& c, DTypes allowed);  // of the first operand; checks the ranks too
void check_rank(const InferContext& c);

template <DTypes allowed>
std::vector<Type> infer_unary(const InferContext& c) {
    check_dtype(c, allowed);
    return {Type{c.type(0).dtype, c.type(0).shape, std::nullopt}};
}
template <DTypes allowed>
std::vector<Type> infer_binary(const InferContext& c) {
    check_dtype(c, allowed);
    return infer_broadcast(c);
}
template <DTypes allowed>
std::vector<Type> infer_comparison(const InferContext& c) {
    check_dtype(c, allowed);
    return infer_compare(c);
}

}  // namespace tinsmith
