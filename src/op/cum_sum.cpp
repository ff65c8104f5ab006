#include "kernel/sequence.h"

#include "op/list.hpp"
#include "op/move.hpp"

#include <algorithm>

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    const Type& x = movable_input(c);
    check(x.dtype == DType::f32 || is_integer(x.dtype), "CumSum of {}", to_string(x));
    check(x.rank() > 0, "CumSum of a scalar");
    if (c.has(1)) {
        check_integers(c, 1);
        check(c.type(1).elements() == 1, "'axis' is {}, expected one number", to_string(c.type(1)));
    } else {
        axis_of(c.node, x.rank());
    }
    return {Type{x.dtype, x.shape, std::nullopt}};
}

static void eval(const EvalContext& c) {
    const Type& x = *c.in[0].type;
    int64_t axis = c.has(1) ? index_at(c.in[1], 0) : c.node.integer("axis");
    AroundAxis a = around(x.shape, std::clamp<int64_t>(axis < 0 ? axis + x.rank() : axis, 0, x.rank() - 1));
    tin_cumulative s{a.outer, a.extent, a.inner, c.node.flag("exclusive"), c.node.flag("reverse")};
    switch (x.dtype) {
        case DType::f32: return call(c, tin_cum_sum_f32, c.in[0].as<float>(), c.out[0].as<float>(), &s);
        case DType::i8:
        case DType::u8: return call(c, tin_cum_sum_u8, c.in[0].as<uint8_t>(), c.out[0].as<uint8_t>(), &s);
        case DType::i16:
        case DType::u16: return call(c, tin_cum_sum_u16, c.in[0].as<uint16_t>(), c.out[0].as<uint16_t>(), &s);
        case DType::i32:
        case DType::u32: return call(c, tin_cum_sum_u32, c.in[0].as<uint32_t>(), c.out[0].as<uint32_t>(), &s);
        default: return call(c, tin_cum_sum_u64, c.in[0].as<uint64_t>(), c.out[0].as<uint64_t>(), &s);
    }
}

const OpDef op::CumSum{
    .name = "CumSum",
    .says = "y[i] = sum of x[0..i] along axis; without x[i] when exclusive, from the end when reverse",
    .operands = {{"x"}, {"axis", true}},
    .attrs = {{"axis", int64_t{0}}, {"exclusive", false}, {"reverse", false}, {"shape", Ints{}}},
    .infer = infer,
    .eval = eval,
    .tflite = {.builtin = 128, .accepts = dtypes(DType::f32, DType::i32, DType::i64)},
};

}  // namespace tinsmith
