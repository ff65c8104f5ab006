#include "kernel/mat_mul.h"
#include "op/activation.hpp"
#include "op/list.hpp"
#include "op/window.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    check(c.type(0).rank() >= 1, "x is a scalar");
    check_rank(c, 1, 2);
    check_weights_type(c);
    check_activation(c);
    const Shape& weights = c.type(1).shape;
    Shape y = c.type(0).shape;
    check(y.back() == weights[1], "weights take {} inputs, x has {}", weights[1], y.back());
    check_bias(c, 2, weights[0]);
    y.back() = weights[0];
    return {Type{c.type(0).dtype, std::move(y), {}}};
}

static void eval(const EvalContext& c) {
    const Shape& weights = c.in[1].type->shape;
    const int64_t rows = weights[0] == 0 ? 0 : c.out[0].type->elements() / weights[0];
    tin_fully_connected_f32(c.in[0].as<float>(), c.in[1].as<float>(), c.has(2) ? c.in[2].as<float>() : nullptr, rows,
                            weights[1], weights[0], c.out[0].as<float>());
    apply_activation(c);
}

static int64_t macs(const Node&, std::span<const Type* const> in, std::span<const Type> out) {
    return out[0].elements() * in[1]->shape[1];
}

const OpDef op::FullyConnected{
    .name = "FullyConnected",
    .says = "y[...,o] = bias[o] + sum(x[...,i] * weights[o,i])",
    .operands = {{"x"}, {"weights"}, {"bias", true}},
    .attrs = {activation_attr()},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::weighted_sum,
    .macs = macs,
    .tflite = {.builtin = 9, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
