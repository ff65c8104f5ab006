#include "kernel/softmax.h"

#include "op/list.hpp"
#include "op/move.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    const Type& x = c.type(0);
    check(x.dtype == DType::f32 && x.rank() >= 1, "L2Normalization of {}, expected f32 with a last axis", to_string(x));
    return {Type{x.dtype, x.shape, std::nullopt}};
}

static void eval(const EvalContext& c) {
    AroundAxis a = around(c.in[0].type->shape, c.in[0].type->rank() - 1);
    tin_l2_normalization_f32(c.in[0].as<float>(), c.out[0].as<float>(), a.outer, a.extent);
}

const OpDef op::L2Normalization{
    .name = "L2Normalization",
    .says = "x / max(sqrt(sum of x^2), 1e-6), over the last axis",
    .operands = {{"x"}},
    .attrs = {},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::symmetric_unit,
    .tflite = {.builtin = 11, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
