#include "op/list.hpp"
#include "op/move.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    const Type& x = movable_input(c);
    check(x.rank() > 0, "a scalar cannot be split");
    supported(!x.quant || x.quant->axis < 0, "splitting {}, which is quantised per axis", to_string(x));
    auto axis = static_cast<size_t>(axis_of(c.node, x.rank()));
    int64_t left = x.shape[axis];
    std::vector<Type> parts;
    for (int64_t size : c.node.ints("sizes")) {
        check(size >= 0 && size <= left, "the sizes {} do not add up to {} along axis {}", to_string(c.node.ints("sizes")),
              x.shape[axis], axis);
        left -= size;
        parts.push_back({x.dtype, x.shape, x.quant});
        parts.back().shape[axis] = size;
    }
    check(left == 0 && !parts.empty(), "the sizes {} do not add up to {} along axis {}", to_string(c.node.ints("sizes")),
          x.shape[axis], axis);
    return parts;
}

static void eval(const EvalContext& c) {
    const Type& x = *c.in[0].type;
    int64_t axis = axis_of(c.node, x.rank()), size = element_size(x), at = 0;
    AroundAxis in = around(x.shape, axis);
    for (const TensorSlot& y : c.out) {
        AroundAxis out = around(y.type->shape, axis);
        Walk walk;
        walk.axis(out.outer, in.extent * in.inner, out.extent * out.inner);
        walk.axis(out.extent * out.inner, 1, 1);
        walk.run(c, c.in[0].data + at * in.inner * size, y.data, size);
        at += out.extent;
    }
}

const OpDef op::Split{
    .name = "Split",
    .says = "x cut along axis into pieces of these sizes",
    .operands = {{"x"}},
    .attrs = {{"axis", int64_t{0}, true}, {"sizes", Ints{}, true}},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::same_as_input,
    .integer = {.types = quantised_types, .micro = dtypes(DType::i8, DType::i16)},
    // SPLIT_V; the writer takes SPLIT (49) when all sizes are equal.
    .tflite = {.builtin = 102, .accepts = dtypes(DType::f32, DType::u8, DType::i8, DType::i16, DType::i32, DType::i64)},
};

}  // namespace tinsmith
