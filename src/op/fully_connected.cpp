#include "kernel/mat_mul.h"
#include "kernel/mat_mul_integer.h"
#include "op/activation.hpp"
#include "op/hybrid.hpp"
#include "op/list.hpp"
#include "op/weighted_sum.hpp"
#include "op/window.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    check(c.type(0).rank() >= 1, "x is a scalar");
    check_rank(c, 1, 2);
    check_weights_type(c, 0, true);
    check_activation(c);
    const Shape& weights = c.type(1).shape;
    Shape y = c.type(0).shape;
    check(y.back() == weights[1], "weights take {} inputs, x has {}", weights[1], y.back());
    check_bias(c, 2, weights[0]);
    y.back() = weights[0];
    return {Type{c.type(0).dtype, std::move(y), {}}};
}

static void eval_hybrid(const EvalContext& c, int64_t rows) {
    const int64_t in = c.in[1].type->shape[1], out = c.in[1].type->shape[0];
    const bool asymmetric = c.node.flag("asymmetric_inputs");
    HybridInput input(*c.in[1].type, in, asymmetric ? HybridInput::Scheme::asymmetric : HybridInput::Scheme::symmetric);
    for (int64_t r = 0; r < rows; ++r) {
        input.take(c.in[0].as<float>() + r * in);
        tin_fully_connected_hybrid(input.stored.data(), c.in[1].as<int8_t>(), c.has(2) ? c.in[2].as<float>() : nullptr, in, out,
                                   &input.sum, c.out[0].as<float>() + r * out);
    }
}

static void eval(const EvalContext& c) {
    const Shape& weights = c.in[1].type->shape;
    const int64_t rows = weights[0] == 0 ? 0 : c.out[0].type->elements() / weights[0];
    if (has_stored_weights(c))
        eval_hybrid(c, rows);
    else
        call(c, tin_fully_connected_f32, c.in[0].as<float>(), c.in[1].as<float>(), c.has(2) ? c.in[2].as<float>() : nullptr,
             rows, weights[1], weights[0], c.out[0].as<float>());
    apply_activation(c);
}

// Weights with one scale have their multiplier from another formula than those with a scale for each output.
static std::vector<tin_multiplier> multipliers(const Type& x, const Type& weights, const Type& y) {
    const int64_t out = weights.shape[0];
    if (weights.quant->scale.size() > 1) return channel_multipliers(x, weights, y, out);
    return {static_cast<size_t>(out), product_multiplier(x, weights, y)};
}

static void eval_integer(const EvalContext& c) {
    const Type &x = *c.in[0].type, &weights = *c.in[1].type, &y = *c.out[0].type;
    const int64_t out = weights.shape[0];
    const tin_dense d{out == 0 ? 0 : y.elements() / out, weights.shape[1], out};
    const double scale = scale_of(x) * scale_of(weights) / scale_of(y);
    const auto u8 = [&](const tin_dense* dense, const uint8_t* from, const uint8_t* factors, const int32_t* bias,
                        const tin_weighted_sum* q,
                        uint8_t* to) { call(c, tin_fully_connected_u8, dense, from, factors, bias, scale, q, to); };
    call_weighted_sum(c, WeightedSum(c, multipliers(x, weights, y)), tin_fully_connected_i8, u8, tin_fully_connected_i16,
                      tin_fully_connected_i16_b32, &d);
}

static int64_t macs(const Node&, std::span<const Type* const> in, std::span<const Type> out) {
    return out[0].elements() * in[1]->shape[1];
}

const OpDef op::FullyConnected{
    .name = "FullyConnected",
    .says = "y[...,o] = bias[o] + sum(x[...,i] * weights[o,i])",
    .operands = {{"x"}, {"weights"}, {"bias", true}},
    // Whether the rows of a float x beside stored weights are quantised with a zero point.
    .attrs = {activation_attr(), {"asymmetric_inputs", false}},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::weighted_sum,
    .integer = {.types = quantised_types, .eval = eval_integer, .micro = dtypes(DType::i8, DType::i16)},
    .macs = macs,
    .tflite = {.builtin = 9, .accepts = dtypes(DType::f32)},
};

}  // namespace tinsmith
