#include "op/list.hpp"
#include "op/move.hpp"

#include <cstring>

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    const Type& x = c.type(0);
    if (c.has(1)) check_integers(c, 1);
    const Ints& shape = c.node.ints("shape");
    int64_t wanted = element_count(shape);
    if (wanted != x.elements())
        fail(Fault::input, "{} cannot be reshaped to {}: {} elements against {}", to_string(x), to_string(shape), x.elements(),
             wanted);
    bool per_axis = x.quant && x.quant->axis >= 0;
    if (per_axis && shape != x.shape) fail(Fault::unsupported, "reshaping {}, which is quantised per axis", to_string(x));
    return {Type{x.dtype, shape, x.quant}};
}

static void eval(const EvalContext& c) { copy_bytes(c, c.out[0].data, c.in[0].data, c.in[0].type->bytes()); }

const OpDef op::Reshape{
    .name = "Reshape",
    .says = "the same elements in the same order, under another shape",
    .operands = {{"x"}, {"shape", true}},
    .attrs = {{"shape", Ints{}}},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::same_as_input,
    .integer = {.types = quantised_types, .micro = quantised_types},
    .tflite = {.builtin = 22, .accepts = movable},
};

}  // namespace tinsmith
