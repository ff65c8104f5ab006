#include "op/list.hpp"
#include "op/move.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    const Type& x = movable_input(c);
    supported(!x.quant || x.quant->axis < 0, "tiling {}, which is quantised per axis", to_string(x));
    Type y{x.dtype, {}, x.quant};
    if (c.has(1)) {
        check_integers(c, 1);
        y.shape = declared_shape(c, x.rank());
        for (size_t d = 0; d < y.shape.size(); ++d)
            check(x.shape[d] == 0 ? y.shape[d] == 0 : y.shape[d] % x.shape[d] == 0, "{} is no tiling of {}", to_string(y.shape),
                  to_string(x));
        return {y};
    }
    const Ints& repeats = per_dimension(c, "repeats", x.rank());
    for (size_t d = 0; d < repeats.size(); ++d) {
        check(repeats[d] >= 0 && repeats[d] <= int64_t{1} << 22, "repeating {} times along dimension {}", repeats[d], d);
        y.shape.push_back(x.shape[d] * repeats[d]);
    }
    return {y};
}

static void eval(const EvalContext& c) {
    const Shape &in = c.in[0].type->shape, &out = c.out[0].type->shape;
    if (c.out[0].type->elements() == 0) return;
    auto from = row_strides(in), to = row_strides(out);
    Walk walk;
    for (size_t d = 0; d < in.size(); ++d) {
        walk.axis(out[d] / in[d], 0, to[d] * in[d]);
        walk.axis(in[d], from[d], to[d]);
    }
    walk.run(c, c.in[0].data, c.out[0].data, element_size(*c.in[0].type));
}

const OpDef op::Tile{
    .name = "Tile",
    .says = "x laid repeats[d] times along dimension d",
    .operands = {{"x"}, {"repeats", true}},
    .attrs = {{"repeats", Ints{}}, {"shape", Ints{}}},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::same_as_input,
    .integer = {.types = quantised_types},
    .tflite = {.builtin = 69, .accepts = movable},
};

}  // namespace tinsmith
