#include "kernel/softmax.h"

#include "op/list.hpp"
#include "op/move.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    const Type& x = c.type(0);
    check(x.dtype == DType::f32 && x.rank() >= 1, "LRN of {}, expected f32 with a last axis", to_string(x));
    int64_t radius = c.node.integer("radius");
    check(radius >= 0 && radius <= INT32_MAX, "radius {} is out of range", radius);
    return {Type{x.dtype, x.shape, std::nullopt}};
}

static void eval(const EvalContext& c) {
    AroundAxis a = around(c.in[0].type->shape, c.in[0].type->rank() - 1);
    auto real = [&](std::string_view name) { return static_cast<float>(c.node.real(name)); };
    call(c, tin_lrn_f32, c.in[0].as<float>(), c.out[0].as<float>(), a.outer, a.extent, c.node.integer("radius"), real("bias"),
         real("alpha"), real("beta"));
}

const OpDef op::LRN{
    .name = "LRN",
    .says = "x / (bias + alpha * sum of x^2 over 2 * radius + 1 neighbours on the last axis) ^ beta",
    .operands = {{"x"}},
    .attrs = {{"radius", int64_t{5}}, {"bias", 1.0}, {"alpha", 1.0}, {"beta", 0.5}},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::stays_float,
    .tflite = {.builtin = 13, .accepts = dtypes(DType::f32), .max_rank = 4},
};

}  // namespace tinsmith
