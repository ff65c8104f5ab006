#include "kernel/quantised_softmax.h"
#include "kernel/softmax.h"

#include "op/integer.hpp"
#include "op/list.hpp"
#include "op/move.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    const Type& x = c.type(0);
    check((x.dtype == DType::f32 || is_quantised(*c.node.op, c.in)) && x.rank() >= 1,
          "L2Normalization of {}, expected f32 with a last axis", to_string(x));
    if (is_quantised(*c.node.op, c.in)) check_stored(c, 0);
    return {Type{x.dtype, x.shape, std::nullopt}};
}

static void eval(const EvalContext& c) {
    AroundAxis a = around(c.in[0].type->shape, c.in[0].type->rank() - 1);
    call(c, tin_l2_normalization_f32, c.in[0].as<float>(), c.out[0].as<float>(), a.outer, a.extent);
}

static void eval_integer(const EvalContext& c) {
    const AroundAxis a = around(c.in[0].type->shape, c.in[0].type->rank() - 1);
    const int32_t zero = zero_point_of(*c.in[0].type);
    if (c.in[0].type->dtype == DType::u8)
        return call(c, tin_l2_normalization_qu8, c.in[0].as<uint8_t>(), c.out[0].as<uint8_t>(), a.outer, a.extent, zero);
    call(c, tin_l2_normalization_qi8, c.in[0].as<int8_t>(), c.out[0].as<int8_t>(), a.outer, a.extent, zero);
}

const OpDef op::L2Normalization{
    .name = "L2Normalization",
    .says = "x / max(sqrt(sum of x^2), 1e-6), over the last axis",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::symmetric_unit,
    .integer = {.types = dtypes(DType::i8, DType::u8), .eval = eval_integer, .micro = dtypes(DType::i8)},
    .tflite = {.builtin = 11, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
