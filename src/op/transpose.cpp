#include "op/list.hpp"
#include "op/move.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    const Type& x = movable_input(c);
    const Ints& perm = per_dimension(c, "perm", x.rank());
    Type y{x.dtype, {}, x.quant};
    uint32_t seen = 0;
    for (size_t i = 0; i < perm.size(); ++i) {
        check(perm[i] >= 0 && perm[i] < x.rank() && !(seen >> perm[i] & 1), "'perm' is no permutation of {} dimensions",
              x.rank());
        seen |= 1u << perm[i];
        y.shape.push_back(x.shape[static_cast<size_t>(perm[i])]);
        if (x.quant && x.quant->axis == perm[i]) y.quant->axis = static_cast<int>(i);
    }
    return {y};
}

static void eval(const EvalContext& c) {
    const Shape& out = c.out[0].type->shape;
    auto from = row_strides(c.in[0].type->shape), to = row_strides(out);
    const Ints& perm = c.node.ints("perm");
    Walk walk;
    for (size_t i = 0; i < out.size(); ++i) walk.axis(out[i], from[static_cast<size_t>(perm[i])], to[i]);
    walk.run(c, c.in[0].data, c.out[0].data, element_size(*c.in[0].type));
}

const OpDef op::Transpose{
    .name = "Transpose",
    .says = "dimension i of y is dimension perm[i] of x",
    .operands = {{"x"}},
    .attrs = {{"perm", Ints{}, true}},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::same_as_input,
    .integer = {.types = quantised_types, .micro = dtypes(DType::i8, DType::i16)},
    .tflite = {.builtin = 39, .accepts = movable},
};

}  // namespace tinsmith
