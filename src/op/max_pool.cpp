#include "kernel/pool.h"
#include "op/activation.hpp"
#include "op/integer.hpp"
#include "op/kernel_call.hpp"
#include "op/list.hpp"
#include "op/pool.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    const DType d = c.type(0).dtype;
    check(d == DType::f32 || d == DType::i8 || d == DType::u8 || d == DType::i16, "MaxPool has no kernel for {}",
          to_string(c.type(0)));
    if (is_quantised(*c.node.op, c.in)) check_stored(c, 0);
    return infer_pool(c);
}

static void pool(const EvalContext& c) {
    const tin_window w = pool_window(c);
    switch (c.in[0].type->dtype) {
        case DType::i8: call(c, tin_max_pool_i8, &w, c.in[0].as<int8_t>(), c.out[0].as<int8_t>()); break;
        case DType::u8: call(c, tin_max_pool_u8, &w, c.in[0].as<uint8_t>(), c.out[0].as<uint8_t>()); break;
        case DType::i16: call(c, tin_max_pool_i16, &w, c.in[0].as<int16_t>(), c.out[0].as<int16_t>()); break;
        default: call(c, tin_max_pool_f32, &w, c.in[0].as<float>(), c.out[0].as<float>()); break;
    }
}

static void eval(const EvalContext& c) {
    pool(c);
    apply_activation(c);
}

static void eval_integer(const EvalContext& c) {
    pool(c);
    const TensorSlot& y = c.out[0];
    const auto [low, high] = stored_range(c.node, *y.type);
    clamp(c, {y.type, y.data}, y, {static_cast<float>(low), static_cast<float>(high)});
}

const OpDef op::MaxPool{
    .name = "MaxPool",
    .says = "the largest cell of each window; padded cells do not count",
    .operands = {{"x"}},
    .attrs = {{"kernel", Ints{}, true}, {"strides", Ints{1, 1}}, {"pads", Ints{0, 0, 0, 0}}, activation_attr()},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::same_as_input,
    .integer = {.types = quantised_types, .eval = eval_integer, .micro = dtypes(DType::i8, DType::i16)},
    .tflite = {.builtin = 17, .accepts = dtypes(DType::f32, DType::i8, DType::u8, DType::i16), .max_rank = 4},
};

}  // namespace tinsmith
