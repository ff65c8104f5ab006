#include "op/list.hpp"
#include "op/move.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    const Type& x = movable_input(c);
    if (c.has(1)) check_integers(c, 1);
    const Ints& shape = c.node.ints("shape");
    element_count(shape);
    check(shape.size() <= 8, "{} has {} dimensions, at most 8 are supported", to_string(shape), shape.size());
    check(broadcast(x.shape, shape) == shape, "{} does not broadcast to {}", to_string(x), to_string(shape));
    supported(!x.quant || x.quant->axis < 0, "expanding {}, which is quantised per axis", to_string(x));
    return {Type{x.dtype, shape, x.quant}};
}

static void eval(const EvalContext& c) {
    const Shape &in = c.in[0].type->shape, &out = c.out[0].type->shape;
    auto from = row_strides(in), to = row_strides(out);
    size_t added = out.size() - in.size();
    Walk walk;
    for (size_t d = 0; d < out.size(); ++d) walk.axis(out[d], d < added || in[d - added] == 1 ? 0 : from[d - added], to[d]);
    walk.run(c, c.in[0].data, c.out[0].data, element_size(*c.in[0].type));
}

const OpDef op::Expand{
    .name = "Expand",
    .says = "x broadcast to shape",
    .operands = {{"x"}, {"shape", true}},
    .attrs = {{"shape", Ints{}, true}},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::same_as_input,
    .integer = {.types = quantised_types, .micro = quantised_types},
    .tflite = {.builtin = 130, .accepts = movable},
};

}  // namespace tinsmith
