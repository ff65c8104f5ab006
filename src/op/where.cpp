#include "kernel/where.h"
#include "op/elementwise.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    check(c.type(0).dtype == DType::boolean, "the condition of Where must be bool, not {}", to_string(c.type(0)));
    check(c.type(1).dtype == c.type(2).dtype, "Where chooses between different element types: {} and {}", to_string(c.type(1)),
          to_string(c.type(2)));
    check_rank(c);
    const Shape shape = broadcast(broadcast(c.type(0).shape, c.type(1).shape), c.type(2).shape);
    return {Type{c.type(1).dtype, shape, std::nullopt}};
}

static void eval(const EvalContext& c) {
    const tin_walk walk =
        broadcast_walk(c.out[0].type->shape, {&c.in[0].type->shape, &c.in[1].type->shape, &c.in[2].type->shape});
    const auto choose = [&](auto kernel, auto zero) {
        using T = decltype(zero);
        call(c, kernel, c.in[0].as<uint8_t>(), c.in[1].as<T>(), c.in[2].as<T>(), c.out[0].as<T>(), &walk);
    };
    switch (dtype_bits(c.out[0].type->dtype)) {
        case 8: return choose(tin_where_1, uint8_t{});
        case 16: return choose(tin_where_2, uint16_t{});
        case 32: return choose(tin_where_4, uint32_t{});
        case 64: return choose(tin_where_8, uint64_t{});
        default: assert(!"infer lets no other element type through");
    }
}

const OpDef op::Where{
    .name = "Where",
    .says = "x where the condition is true, else y",
    .operands = {{"condition"}, {"x"}, {"y"}},
    .attrs = {},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::same_as_input,
    .integer = {.types = quantised_types, .operand = 1, .micro = dtypes(DType::i8, DType::i16)},
    .elementwise = true,
    .onnx = "Where",
    .tflite = {.builtin = 123, .accepts = dtypes(DType::boolean)},
};

}  // namespace tinsmith
