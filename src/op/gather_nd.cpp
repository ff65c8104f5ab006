#include "kernel/gather.h"

#include "op/list.hpp"
#include "op/move.hpp"

namespace tinsmith {

// x [extents..., inner...], indices [picks..., depth] -> [picks..., inner...].
static std::vector<Type> infer(const InferContext& c) {
    const Type& x = movable_input(c);
    const Type& indices = movable_input(c, 1);
    check_integers(c, 1);
    check(indices.rank() >= 1 && indices.shape.back() >= 1 && indices.shape.back() <= x.rank(), "indices {} do not fit {}",
          to_string(indices), to_string(x));
    supported(!x.quant || x.quant->axis < 0, "gathering from {}, which is quantised per axis", to_string(x));
    int64_t depth = indices.shape.back();
    Type y{x.dtype, {indices.shape.begin(), indices.shape.end() - 1}, x.quant};
    y.shape.insert(y.shape.end(), x.shape.begin() + depth, x.shape.end());
    if (auto constant = constant_operand(c, 1)) {
        for (size_t i = 0; i < constant->size(); ++i) {
            auto d = i % static_cast<size_t>(depth);
            check((*constant)[i] >= 0 && (*constant)[i] < x.shape[d], "index {} is outside dimension {} of {}", (*constant)[i],
                  d, to_string(x));
        }
    }
    return {y};
}

static void eval(const EvalContext& c) {
    const Shape& shape = c.in[0].type->shape;
    const RunTimeIndices indices(c, c.in[1]);
    int64_t depth = c.in[1].type->shape.back();
    int64_t bytes = element_size(*c.in[0].type);
    for (size_t d = static_cast<size_t>(depth); d < shape.size(); ++d) bytes *= shape[d];
    known(c, shape);
    call(c, tin_gather_nd, c.in[0].data, indices.data(), c.out[0].data, shape.data(), static_cast<int32_t>(depth),
         c.in[1].type->elements() / depth, bytes);
}

const OpDef op::GatherND{
    .name = "GatherND",
    .says = "y[p...] = x[indices[p...]], the last dimension of indices being an index into the first dimensions of x",
    .operands = {{"x"}, {"indices"}},
    .attrs = {},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::same_as_input,
    .integer = {.types = quantised_types, .micro = dtypes(DType::i8)},
    .tflite = {.builtin = 107,
               .accepts = dtypes(DType::f32, DType::f16, DType::bf16, DType::u8, DType::i8, DType::i16, DType::i32, DType::i64,
                                 DType::boolean)},
};

}  // namespace tinsmith
