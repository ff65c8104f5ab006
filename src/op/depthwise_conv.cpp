#include "kernel/depthwise_conv.h"
#include "kernel/conv_integer.h"
#include "op/activation.hpp"
#include "op/hybrid.hpp"
#include "op/list.hpp"
#include "op/weighted_sum.hpp"
#include "op/window.hpp"

namespace tinsmith {

static WindowAttrs window(const Node& node, const Type& weights) {
    return WindowAttrs::of(node, 2, {weights.shape[1], weights.shape[2]});
}

static std::vector<Type> infer(const InferContext& c) {
    check_rank(c, 0, 4);
    check_rank(c, 1, 4);
    check_weights_type(c, 3, true);
    check_activation(c);
    const Shape &x = c.type(0).shape, &weights = c.type(1).shape;
    check(weights[0] == 1, "depthwise weights are {}, not 1xHxWxO", to_string(weights));
    check(x[3] >= 1 && weights[3] >= 1 && weights[3] % x[3] == 0, "{} output channels are no multiple of the input's {}",
          weights[3], x[3]);
    check_bias(c, 2, weights[3]);
    Shape places = window(c.node, c.type(1)).places(x);
    return {Type{c.type(0).dtype, {x[0], places[0], places[1], weights[3]}, {}}};
}

static void eval_hybrid(const EvalContext& c, tin_window w) {
    HybridInput input(*c.in[1].type, w.in_h * w.in_w * w.in_c, HybridInput::Scheme::asymmetric);
    const int64_t images = std::exchange(w.batch, 1), pixels = w.out_h * w.out_w;
    for (int64_t b = 0; b < images; ++b) {
        input.take(c.in[0].as<float>() + b * w.in_h * w.in_w * w.in_c);
        tin_depthwise_conv_hybrid(&w, input.stored.data(), c.in[1].as<int8_t>(), c.has(2) ? c.in[2].as<float>() : nullptr,
                                  &input.sum, c.out[0].as<float>() + b * pixels * w.out_c);
    }
}

static void eval(const EvalContext& c) {
    const tin_window w = window_of(window(c.node, *c.in[1].type), c.in[0].type->shape, c.out[0].type->shape);
    if (has_stored_weights(c))
        eval_hybrid(c, w);
    else
        call(c, tin_depthwise_conv_f32, &w, c.in[0].as<float>(), c.in[1].as<float>(), c.has(2) ? c.in[2].as<float>() : nullptr,
             c.out[0].as<float>());
    apply_activation(c);
}

static void eval_integer(const EvalContext& c) {
    const tin_window w = window_of(window(c.node, *c.in[1].type), c.in[0].type->shape, c.out[0].type->shape);
    call_weighted_sum(c, WeightedSum(c, c.out[0].type->shape[3]), WEIGHTED_SUM_KERNELS(tin_depthwise_conv), &w);
}

static int64_t macs(const Node&, std::span<const Type* const> in, std::span<const Type> out) {
    return out[0].elements() * in[1]->shape[1] * in[1]->shape[2];
}

const OpDef op::DepthwiseConv{
    .name = "DepthwiseConv",
    .says = "y[b,y,x,o] = bias[o] + sum(x[b, y*stride + ky*dilation - pad, ..., o / multiplier] * weights[0,ky,kx,o])",
    .operands = {{"x"}, {"weights"}, {"bias", true}},
    .attrs = {{"strides", Ints{1, 1}}, {"dilations", Ints{1, 1}}, {"pads", Ints{0, 0, 0, 0}}, activation_attr()},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::weighted_sum,
    .integer = {.types = quantised_types, .eval = eval_integer, .micro = dtypes(DType::i8, DType::i16)},
    .macs = macs,
    .tflite = {.builtin = 4, .accepts = dtypes(DType::f32), .max_rank = 4},
};

}  // namespace tinsmith
