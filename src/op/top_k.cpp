#include "kernel/sequence.h"

#include "op/list.hpp"
#include "op/move.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    const Type& x = movable_input(c);
    check(x.dtype == DType::f32 || is_integer(x.dtype), "TopK of {}", to_string(x));
    check(x.rank() > 0, "TopK of a scalar");
    check(x.shape.back() <= INT32_MAX, "TopK of {}: its indices do not fit i32", to_string(x));
    Shape shape = x.shape;
    if (c.has(1)) {
        check_integers(c, 1);
        shape = declared_shape(c, x.rank());
        for (size_t d = 0; d + 1 < shape.size(); ++d)
            check(shape[d] == x.shape[d], "{} are no largest elements of {}", to_string(shape), to_string(x));
    } else {
        shape.back() = c.node.integer("k");
    }
    check(shape.back() >= 0 && shape.back() <= x.shape.back(), "the largest {} of {} elements", shape.back(), x.shape.back());
    return {Type{x.dtype, shape, x.quant}, Type{DType::i32, shape, std::nullopt}};
}

#define TOP_K(D, T) \
    case DType::D:  \
        return call(c, tin_top_k_##D, c.in[0].as<T>(), c.out[0].as<T>(), c.out[1].as<int32_t>(), a.outer, a.extent, k);

static void eval(const EvalContext& c) {
    AroundAxis a = around(c.in[0].type->shape, c.in[0].type->rank() - 1);
    int64_t k = c.out[0].type->shape.back();
    switch (c.in[0].type->dtype) {
        TOP_K(f32, float)
        TOP_K(i8, int8_t)
        TOP_K(u8, uint8_t)
        TOP_K(i16, int16_t)
        TOP_K(u16, uint16_t)
        TOP_K(i32, int32_t)
        TOP_K(u32, uint32_t)
        TOP_K(i64, int64_t)
        TOP_K(u64, uint64_t)
        default: return;
    }
}

const OpDef op::TopK{
    .name = "TopK",
    .says = "the k largest elements of the last dimension, falling, and where they were; of equal ones the first comes first",
    .operands = {{"x"}, {"k", true}},
    .attrs = {{"k", int64_t{1}}, {"shape", Ints{}}},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::same_as_input,
    .integer = {.types = quantised_types},
    .tflite = {.builtin = 48, .accepts = dtypes(DType::f32, DType::u8, DType::i8, DType::i16, DType::i32, DType::i64)},
};

}  // namespace tinsmith
