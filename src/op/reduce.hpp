// What the reductions share: the attributes axes and keepdims, and the choice of the kernel by element type.
#pragma once

#include "kernel/reduce.h"
#include "op/move.hpp"

namespace tinsmith {

// The type of x without the reduced dimensions (or with extent 1 there).
std::vector<Type> infer_reduce(const InferContext& c);
// The same for booleans.
std::vector<Type> infer_reduce_bool(const InferContext& c);

// Which elements meet; axes may be computed at run time. False when they do not give the declared output.
bool reduction_of(const EvalContext& c, tin_reduction& r);
// Writes zeros: what a reduction whose run-time axes contradict its declared shape gives.
void write_zeros(const EvalContext& c);

// The sum or the mean of stored integers.
void eval_stored_sum(const EvalContext& c, bool mean);

#define TIN_REDUCE_CASE(KIND, D, T) \
    case DType::D: return call(c, tin_reduce_##KIND##_##D, c.in[0].as<T>(), c.out[0].as<T>(), &r);
#define TIN_EVAL_REDUCE(KIND)                           \
    static void eval(const EvalContext& c) {            \
        tin_reduction r{};                              \
        if (!reduction_of(c, r)) return write_zeros(c); \
        switch (c.in[0].type->dtype) {                  \
            TIN_REDUCE_CASE(KIND, f32, float)           \
            TIN_REDUCE_CASE(KIND, i8, int8_t)           \
            TIN_REDUCE_CASE(KIND, u8, uint8_t)          \
            TIN_REDUCE_CASE(KIND, i16, int16_t)         \
            TIN_REDUCE_CASE(KIND, u16, uint16_t)        \
            TIN_REDUCE_CASE(KIND, i32, int32_t)         \
            TIN_REDUCE_CASE(KIND, u32, uint32_t)        \
            TIN_REDUCE_CASE(KIND, i64, int64_t)         \
            TIN_REDUCE_CASE(KIND, u64, uint64_t)        \
            default: return write_zeros(c);             \
        }                                               \
    }

}  // namespace tinsmith
