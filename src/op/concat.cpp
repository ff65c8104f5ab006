#include "op/list.hpp"
#include "op/move.hpp"
#include "op/quantised.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    Type y = movable_input(c);
    y.quant.reset();
    const Type& first = c.type(0);
    check(first.rank() > 0, "scalars cannot be concatenated");
    auto axis = static_cast<size_t>(axis_of(c.node, first.rank()));
    for (size_t i = 1; i < c.in.size(); ++i) {
        const Type& x = c.type(i);
        check(x.dtype == first.dtype && x.rank() == first.rank(), "operands {} and {} cannot be concatenated", to_string(first),
              to_string(x));
        for (size_t d = 0; d < y.shape.size(); ++d)
            check(d == axis || x.shape[d] == first.shape[d], "operands {} and {} differ outside axis {}", to_string(first),
                  to_string(x), axis);
        y.shape[axis] += x.shape[axis];
        element_count(y.shape);
    }
    return {y};
}

static void eval(const EvalContext& c) {
    const Type& y = *c.out[0].type;
    AroundAxis out = around(y.shape, axis_of(c.node, y.rank()));
    int64_t size = element_size(y), at = 0;
    for (const TensorView& x : c.in) {
        AroundAxis in = around(x.type->shape, axis_of(c.node, y.rank()));
        Walk walk;
        walk.axis(in.outer, in.extent * in.inner, out.extent * out.inner);
        walk.axis(in.extent * in.inner, 1, 1);
        walk.run(c, x.data, c.out[0].data + at * out.inner * size, size);
        at += in.extent;
    }
}

// 8-bit operands of other scales than the result's (LiteRT takes such in u8) go through a table, in single precision.
static StoredTable rescaling(const Type& x, const Type& y) {
    const float scale = float_scale(x) * (1 / float_scale(y)), bias = -static_cast<float>(zero_point_of(x)) * scale;
    return stored_table(x.dtype, y.dtype, [&](int32_t v) {
        const float steps = std::round(static_cast<float>(v) * scale + bias);
        return static_cast<int32_t>(std::clamp(steps, -1e9f, 1e9f)) + zero_point_of(y);
    });
}

static void eval_integer(const EvalContext& c) {
    eval(c);
    const Type& y = *c.out[0].type;
    const AroundAxis out = around(y.shape, axis_of(c.node, y.rank()));
    uint8_t* part = c.out[0].as<uint8_t>();
    for (const TensorView& x : c.in) {
        const AroundAxis in = around(x.type->shape, axis_of(c.node, y.rank()));
        const int64_t n = in.extent * in.inner;
        if (y.dtype != DType::i16 && x.type->quant && x.type->quant != y.quant) {
            const StoredTable table = rescaling(*x.type, y);
            known(c, table);
            for (int64_t o = 0; o < out.outer; ++o) {
                uint8_t* row = part + o * out.extent * out.inner;
                call(c, tin_lookup_8, row, row, n, table.data());
            }
        }
        part += dtype_bits(y.dtype) / 8 * static_cast<size_t>(n);
    }
}

const OpDef op::Concat{
    .name = "Concat",
    .says = "the operands one after the other along axis",
    .operands = {{.role = "x", .variadic = true}},
    .attrs = {{"axis", int64_t{0}, true}},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::same_as_input,
    .integer = {.types = quantised_types, .eval = eval_integer, .micro = dtypes(DType::i8, DType::i16)},
    .tflite = {.builtin = 2,
               .accepts = dtypes(DType::f32, DType::f16, DType::bf16, DType::i8, DType::u8, DType::i16, DType::i32, DType::i64,
                                 DType::boolean, DType::u32)},
};

}  // namespace tinsmith
