#include "op/list.hpp"
#include "op/move.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    const Type& x = movable_input(c);
    uint32_t seen = 0;
    for (int64_t axis : c.node.ints("axes")) {
        int64_t d = normalized_axis(axis, x.rank());
        check(!(seen >> d & 1), "axis {} is named twice", axis);
        seen |= 1u << d;
    }
    supported(!x.quant || x.quant->axis < 0, "reversing {}, which is quantised per axis", to_string(x));
    return {x};
}

static void eval(const EvalContext& c) {
    const Shape& shape = c.in[0].type->shape;
    if (c.in[0].type->elements() == 0) return;
    auto strides = row_strides(shape);
    std::vector<int64_t> from = strides;
    int64_t size = element_size(*c.in[0].type), first = 0;
    for (int64_t axis : c.node.ints("axes")) {
        auto d = static_cast<size_t>(normalized_axis(axis, std::ssize(shape)));
        first += (shape[d] - 1) * strides[d];
        from[d] = -strides[d];
    }
    Walk walk;
    for (size_t d = 0; d < shape.size(); ++d) walk.axis(shape[d], from[d], strides[d]);
    walk.run(c, c.in[0].data + first * size, c.out[0].data, size);
}

const OpDef op::Reverse{
    .name = "Reverse",
    .says = "x with the order along axes turned around",
    .operands = {{"x"}},
    .attrs = {{"axes", Ints{}, true}},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::same_as_input,
    .integer = {.types = quantised_types, .micro = quantised_types},
    .tflite = {.builtin = 105,
               .accepts = dtypes(DType::f32, DType::f16, DType::bf16, DType::u8, DType::i8, DType::i16, DType::i32, DType::i64,
                                 DType::boolean)},
};

}  // namespace tinsmith
