#include "kernel/gather.h"

#include "op/list.hpp"
#include "op/move.hpp"

namespace tinsmith {

// x [batch..., outer..., n, inner...] with axis n, indices [batch..., rest...] -> [batch..., outer..., rest..., inner...].
static std::vector<Type> infer(const InferContext& c) {
    const Type& x = movable_input(c);
    const Type& indices = movable_input(c, 1);
    check_integers(c, 1);
    check(x.rank() > 0, "gathering from a scalar");
    int64_t axis = axis_of(c.node, x.rank()), batch = c.node.integer("batch_dims");
    check(batch >= 0 && batch <= axis && batch <= indices.rank(), "batch_dims {} does not fit axis {} and indices {}", batch,
          axis, to_string(indices));
    supported(!x.quant || x.quant->axis < 0, "gathering from {}, which is quantised per axis", to_string(x));
    Type y{x.dtype, {}, x.quant};
    for (int64_t d = 0; d < batch; ++d)
        check(x.shape[static_cast<size_t>(d)] == indices.shape[static_cast<size_t>(d)], "batch dimensions of {} and {} differ",
              to_string(x), to_string(indices));
    y.shape.assign(x.shape.begin(), x.shape.begin() + axis);
    y.shape.insert(y.shape.end(), indices.shape.begin() + batch, indices.shape.end());
    y.shape.insert(y.shape.end(), x.shape.begin() + axis + 1, x.shape.end());
    int64_t n = x.shape[static_cast<size_t>(axis)];
    if (auto constant = constant_operand(c, 1))
        for (int64_t i : *constant) check(i >= 0 && i < n, "index {} is outside axis {} of {}", i, axis, to_string(x));
    return {y};
}

static void eval(const EvalContext& c) {
    const Shape& shape = c.in[0].type->shape;
    auto batch_dims = static_cast<size_t>(c.node.integer("batch_dims"));
    AroundAxis a = around(shape, axis_of(c.node, std::ssize(shape)));
    tin_gather g{1, a.outer, a.extent, 1, a.inner * element_size(*c.in[0].type)};
    for (size_t d = 0; d < batch_dims; ++d) g.batch *= shape[d];
    g.outer = g.batch > 0 ? a.outer / g.batch : 0;
    for (size_t d = batch_dims; d < c.in[1].type->shape.size(); ++d) g.picks *= c.in[1].type->shape[d];
    if (c.in[1].type->dtype == DType::i64)
        call(c, tin_gather_i64, c.in[0].data, c.in[1].as<int64_t>(), c.out[0].data, &g);
    else
        call(c, tin_gather_i32, c.in[0].data, c.in[1].as<int32_t>(), c.out[0].data, &g);
}

const OpDef op::Gather{
    .name = "Gather",
    .says = "the slices of x along axis that indices name (0-based, not negative)",
    .operands = {{"x"}, {"indices"}},
    .attrs = {{"axis", int64_t{0}}, {"batch_dims", int64_t{0}}},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::same_as_input,
    .integer = {.types = quantised_types, .micro = dtypes(DType::i8)},
    .tflite = {.builtin = 36,
               .accepts = dtypes(DType::f32, DType::f16, DType::bf16, DType::u8, DType::i8, DType::i16, DType::i32, DType::i64,
                                 DType::boolean)},
};

}  // namespace tinsmith
