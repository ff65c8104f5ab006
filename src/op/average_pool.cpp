#include "kernel/pool.h"
#include "op/activation.hpp"
#include "op/integer.hpp"
#include "op/kernel_call.hpp"
#include "op/list.hpp"
#include "op/pool.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    if (is_quantised(*c.node.op, c.in))
        check_stored(c, 0);
    else
        check(c.type(0).dtype == DType::f32, "AveragePool has no kernel for {}", to_string(c.type(0)));
    return infer_pool(c);
}

static void eval(const EvalContext& c) {
    const tin_window w = pool_window(c);
    call(c, tin_average_pool_f32, &w, c.in[0].as<float>(), c.out[0].as<float>());
    apply_activation(c);
}

static void eval_integer(const EvalContext& c) {
    const tin_window w = pool_window(c);
    const auto [low, high] = stored_range(c.node, *c.out[0].type);
    switch (c.in[0].type->dtype) {
        case DType::i8: return call(c, tin_average_pool_i8, &w, c.in[0].as<int8_t>(), low, high, c.out[0].as<int8_t>());
        case DType::u8: return call(c, tin_average_pool_u8, &w, c.in[0].as<uint8_t>(), low, high, c.out[0].as<uint8_t>());
        default: return call(c, tin_average_pool_i16, &w, c.in[0].as<int16_t>(), low, high, c.out[0].as<int16_t>());
    }
}

const OpDef op::AveragePool{
    .name = "AveragePool",
    .says = "the mean of each window; padded cells do not count",
    .operands = {{"x"}},
    .attrs = {{"kernel", Ints{}, true}, {"strides", Ints{1, 1}}, {"pads", Ints{0, 0, 0, 0}}, activation_attr()},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::same_as_input,
    .integer = {.types = quantised_types, .eval = eval_integer, .micro = dtypes(DType::i8, DType::i16)},
    .tflite = {.builtin = 1, .accepts = dtypes(DType::f32), .max_rank = 4},
};

}  // namespace tinsmith
