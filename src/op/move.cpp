#include "op/move.hpp"

#include "kernel/cast.h"

namespace tinsmith {

int64_t element_size(const Type& type) { return static_cast<int64_t>(dtype_bits(type.dtype) / 8); }

std::vector<int64_t> row_strides(const Shape& shape) {
    std::vector<int64_t> strides(shape.size(), 1);
    for (size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
    return strides;
}

const Type& movable_input(const InferContext& c, size_t index) {
    const Type& x = c.type(index);
    if (x.rank() > 8) fail(Fault::input, "{} has {} dimensions, at most 8 are supported", to_string(x), x.rank());
    if (dtype_bits(x.dtype) < 8)
        fail(Fault::unsupported, "{} packs several elements in a byte, which cannot be moved singly", to_string(x));
    return x;
}

const Ints& per_dimension(const InferContext& c, std::string_view attribute, int64_t rank) {
    const Ints& list = c.node.ints(attribute);
    check(std::ssize(list) == rank, "'{}' has {} entries for {} dimensions", attribute, list.size(), rank);
    return list;
}

const Ints& declared_shape(const InferContext& c, int64_t rank) {
    const Ints& shape = per_dimension(c, "shape", rank);
    element_count(shape);
    return shape;
}

int64_t axis_of(const Node& node, int64_t rank) { return normalized_axis(node.integer("axis"), rank); }

void check_integers(const InferContext& c, size_t operand) {
    DType dtype = c.type(operand).dtype;
    check(dtype == DType::i32 || dtype == DType::i64, "'{}' is {}, expected i32 or i64", c.node.op->operands[operand].role,
          to_string(c.type(operand)));
}

Ints indices_of(const TensorView& t) {
    Ints all(static_cast<size_t>(t.type->elements()));
    for (size_t i = 0; i < all.size(); ++i) all[i] = index_at(t, static_cast<int64_t>(i));
    return all;
}

RunTimeIndices::RunTimeIndices(const EvalContext& c, const TensorView& t) : all_(c, t.type->elements()) {
    if (t.type->dtype == DType::i64)
        copy_bytes(c, all_.data(), t.data, t.type->bytes());
    else
        call(c, tin_cast_i32_i64, t.data, all_.data(), t.type->elements());
}

std::optional<Ints> constant_operand(const InferContext& c, size_t operand) {
    const Value& value = *c.values[operand];
    if (!value.data) return std::nullopt;
    Buffer aligned = value.data->aligned(8);
    static constexpr std::byte nothing{};
    const std::byte* data = aligned.bytes().data();
    return indices_of({&value.type, data ? data : &nothing});
}

AroundAxis around(const Shape& shape, int64_t axis) {
    AroundAxis a;
    for (int64_t i = 0; i < std::ssize(shape); ++i)
        (i < axis ? a.outer : i == axis ? a.extent : a.inner) *= shape[static_cast<size_t>(i)];
    return a;
}

}  // namespace tinsmith
