#include "kernel/softmax.h"

#include "op/list.hpp"
#include "op/move.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    const Type& x = c.type(0);
    check(x.dtype == DType::f32 && x.rank() >= 1, "LogSoftmax of {}, expected f32 with a last axis", to_string(x));
    return {Type{x.dtype, x.shape, std::nullopt}};
}

static void eval(const EvalContext& c) {
    AroundAxis a = around(c.in[0].type->shape, c.in[0].type->rank() - 1);
    tin_log_softmax_f32(c.in[0].as<float>(), c.out[0].as<float>(), a.outer, a.extent);
}

const OpDef op::LogSoftmax{
    .name = "LogSoftmax",
    .says = "log of Softmax over the last axis",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::log_range,
    .tflite = {.builtin = 50, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
