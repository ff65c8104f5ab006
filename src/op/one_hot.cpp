#include "op/list.hpp"
#include "op/move.hpp"

#include <cstring>

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    const Type& indices = movable_input(c);
    check_integers(c, 0);
    check(indices.rank() < 8, "OneHot of {} would have more than 8 dimensions", to_string(indices));
    auto dtype = dtype_from_name(c.node.text("dtype"));
    check(dtype && (*dtype == DType::f32 || is_integer(*dtype) || *dtype == DType::boolean) && dtype_bits(*dtype) >= 8,
          "'dtype' is '{}'", c.node.text("dtype"));
    int64_t depth = c.node.integer("depth");
    check(depth >= 0 && depth <= int64_t{1} << 40, "'depth' is {}", depth);
    Type y{*dtype, indices.shape, std::nullopt};
    y.shape.insert(y.shape.begin() + axis_of(c.node, indices.rank() + 1), depth);
    return {y};
}

template <class T>
static void write(const EvalContext& c) {
    AroundAxis a = around(c.out[0].type->shape, axis_of(c.node, c.out[0].type->rank()));
    auto on = static_cast<T>(c.node.real("on")), off = static_cast<T>(c.node.real("off"));
    call(c, tin_fill, &off, c.out[0].data, c.out[0].type->elements(), sizeof(T));
    for (int64_t o = 0; o < a.outer; ++o) {
        for (int64_t i = 0; i < a.inner; ++i) {
            int64_t index = index_at(c.in[0], o * a.inner + i);
            if (index >= 0 && index < a.extent) c.out[0].as<T>()[(o * a.extent + index) * a.inner + i] = on;
        }
    }
}

static void eval(const EvalContext& c) {
    switch (c.out[0].type->dtype) {
        case DType::f32: return write<float>(c);
        case DType::i8: return write<int8_t>(c);
        case DType::u8: return write<uint8_t>(c);
        case DType::i16: return write<int16_t>(c);
        case DType::u16: return write<uint16_t>(c);
        case DType::i32: return write<int32_t>(c);
        case DType::u32: return write<uint32_t>(c);
        case DType::i64: return write<int64_t>(c);
        case DType::u64: return write<uint64_t>(c);
        default: return write<bool>(c);
    }
}

const OpDef op::OneHot{
    .name = "OneHot",
    .says = "a new dimension at axis: on where the coordinate equals the index, else off",
    .operands = {{"indices"}},
    .attrs = {{"axis", int64_t{-1}}, {"depth", int64_t{0}, true}, {"on", 1.0}, {"off", 0.0}, {"dtype", std::string("f32")}},
    .infer = infer,
    .eval = eval,
    // Of the indices.
    .tflite = {.builtin = 85, .accepts = dtypes(DType::i32, DType::i64), .max_rank = 7},
};

}  // namespace tinsmith
