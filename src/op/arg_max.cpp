#include "op/arg_max.hpp"

#include "kernel/cast.h"
#include "op/kernel_call.hpp"
#include "op/list.hpp"

namespace tinsmith {

std::vector<Type> infer_arg(const InferContext& c) {
    const Type& x = movable_input(c);
    check(x.dtype == DType::f32 || is_integer(x.dtype) || x.dtype == DType::boolean, "{} of {}", c.node.op->name, to_string(x));
    check(x.rank() > 0, "{} of a scalar", c.node.op->name);
    int64_t axis = axis_of(c.node, x.rank());
    int64_t extent = x.shape[static_cast<size_t>(axis)];
    check(extent > 0 && extent <= INT32_MAX, "{} over axis {} of {}", c.node.op->name, axis, to_string(x));
    auto dtype = dtype_from_name(c.node.text("dtype"));
    check(dtype == DType::i32 || dtype == DType::i64, "'dtype' is '{}', expected i32 or i64", c.node.text("dtype"));
    Type y{*dtype, x.shape, std::nullopt};
    y.shape.erase(y.shape.begin() + axis);
    return {y};
}

void eval_arg(const EvalContext& c, bool largest) {
    AroundAxis a = around(c.in[0].type->shape, axis_of(c.node, c.in[0].type->rank()));
    const int64_t count = a.outer * a.inner;
    const bool wide = c.out[0].type->dtype == DType::i64;
    const Scratch<int64_t> narrowed(c, wide ? 0 : count);
    int64_t* found = wide ? c.out[0].as<int64_t>() : narrowed.data();
    const auto search = [&](auto* kernel, auto* x) { call(c, kernel, x, found, a.outer, a.extent, a.inner, largest); };
    switch (c.in[0].type->dtype) {
        case DType::f32: search(tin_arg_f32, c.in[0].as<float>()); break;
        case DType::i8: search(tin_arg_i8, c.in[0].as<int8_t>()); break;
        case DType::i16: search(tin_arg_i16, c.in[0].as<int16_t>()); break;
        case DType::u16: search(tin_arg_u16, c.in[0].as<uint16_t>()); break;
        case DType::i32: search(tin_arg_i32, c.in[0].as<int32_t>()); break;
        case DType::u32: search(tin_arg_u32, c.in[0].as<uint32_t>()); break;
        case DType::i64: search(tin_arg_i64, c.in[0].as<int64_t>()); break;
        case DType::u64: search(tin_arg_u64, c.in[0].as<uint64_t>()); break;
        default: search(tin_arg_u8, c.in[0].as<uint8_t>()); break;
    }
    if (!wide) call(c, tin_cast_i64_i32, found, c.out[0].data, count);
}

const OpDef op::ArgMax{
    .name = "ArgMax",
    .says = "where the largest element along axis is; the first of equal ones",
    .operands = {{"x"}},
    .attrs = {{"axis", int64_t{0}, true}, {"dtype", std::string("i64")}},
    .infer = infer_arg,
    .eval = [](const EvalContext& c) { eval_arg(c, true); },
    .quant = QuantRule::integer_only,
    .integer = {.types = dtypes(DType::i8, DType::u8), .micro = dtypes(DType::i8)},
    .tflite = {.builtin = 56, .accepts = dtypes(DType::f32, DType::u8, DType::i8, DType::i32, DType::boolean)},
};

}  // namespace tinsmith
