#include "kernel/scatter.h"

#include "op/list.hpp"
#include "op/move.hpp"

#include <cstring>

namespace tinsmith {

// indices [picks..., depth], updates [picks..., inner...] -> shape [extents..., inner...].
static std::vector<Type> infer(const InferContext& c) {
    const Type& indices = movable_input(c, 0);
    const Type& updates = movable_input(c, 1);
    check_integers(c, 0);
    const Ints& shape = c.node.ints("shape");
    element_count(shape);
    check(shape.size() <= 8 && indices.rank() >= 1 && indices.shape.back() >= 1 && indices.shape.back() <= std::ssize(shape),
          "indices {} do not fit {}", to_string(indices), to_string(shape));
    auto depth = static_cast<size_t>(indices.shape.back());
    Shape wanted(indices.shape.begin(), indices.shape.end() - 1);
    wanted.insert(wanted.end(), shape.begin() + static_cast<int64_t>(depth), shape.end());
    check(updates.shape == wanted, "updates {} do not fit indices {} into {}: expected {}", to_string(updates),
          to_string(indices), to_string(shape), to_string(wanted));
    if (auto constant = constant_operand(c, 0))
        for (size_t i = 0; i < constant->size(); ++i)
            check((*constant)[i] >= 0 && (*constant)[i] < shape[i % depth], "index {} is outside dimension {} of {}",
                  (*constant)[i], i % depth, to_string(shape));
    return {Type{updates.dtype, shape, updates.quant}};
}

static void eval(const EvalContext& c) {
    const Shape& shape = c.out[0].type->shape;
    const RunTimeIndices indices(c, c.in[0]);
    int64_t depth = c.in[0].type->shape.back();
    tin_scatter s{shape.data(), static_cast<int32_t>(depth), c.in[0].type->elements() / depth, 1};
    for (size_t d = static_cast<size_t>(depth); d < shape.size(); ++d) s.inner *= shape[d];
    known(c, shape);
    clear_bytes(c, c.out[0].data, c.out[0].type->bytes());
    switch (c.out[0].type->dtype) {
        case DType::f32: return call(c, tin_scatter_add_f32, indices.data(), c.in[1].as<float>(), c.out[0].as<float>(), &s);
        case DType::i8:
        case DType::u8: return call(c, tin_scatter_add_u8, indices.data(), c.in[1].as<uint8_t>(), c.out[0].as<uint8_t>(), &s);
        case DType::i16:
        case DType::u16:
            return call(c, tin_scatter_add_u16, indices.data(), c.in[1].as<uint16_t>(), c.out[0].as<uint16_t>(), &s);
        case DType::i32:
        case DType::u32:
            return call(c, tin_scatter_add_u32, indices.data(), c.in[1].as<uint32_t>(), c.out[0].as<uint32_t>(), &s);
        case DType::i64:
        case DType::u64:
            return call(c, tin_scatter_add_u64, indices.data(), c.in[1].as<uint64_t>(), c.out[0].as<uint64_t>(), &s);
        default: return call(c, tin_scatter_add_bool, indices.data(), c.in[1].as<uint8_t>(), c.out[0].as<uint8_t>(), &s);
    }
}

const OpDef op::ScatterND{
    .name = "ScatterND",
    .says = "zeros of shape, with updates[p...] added at indices[p...]",
    .operands = {{"indices"}, {"updates"}},
    .attrs = {{"shape", Ints{}, true}},
    .infer = infer,
    .eval = eval,
    // Of the indices; updates may be f32, u8, i8, i32, i64 or bool.
    .tflite = {.builtin = 122, .accepts = dtypes(DType::i32)},
};

}  // namespace tinsmith
