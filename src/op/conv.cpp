#include "kernel/conv.h"
#include "kernel/conv_integer.h"
#include "op/activation.hpp"
#include "op/hybrid.hpp"
#include "op/list.hpp"
#include "op/weighted_sum.hpp"
#include "op/window.hpp"

#include <algorithm>

namespace tinsmith {

static WindowAttrs window(const Node& node, const Type& weights) {
    return WindowAttrs::of(node, 2, {weights.shape[1], weights.shape[2]});
}

static std::vector<Type> infer(const InferContext& c) {
    check_rank(c, 0, 4);
    check_rank(c, 1, 4);
    check_weights_type(c, 0, true);
    check_activation(c);
    const Shape &x = c.type(0).shape, &weights = c.type(1).shape;
    const int64_t group = c.node.integer("group"), in = weights[3], out = weights[0];
    check(group >= 1 && in >= 1 && x[3] % group == 0 && x[3] / group == in,
          "weights have {} input channels, the input has {} in {} groups", in, x[3], group);
    check(out % group == 0, "{} output channels do not divide into {} groups", out, group);
    check_bias(c, 2, out);
    Shape places = window(c.node, c.type(1)).places(x);
    return {Type{c.type(0).dtype, {x[0], places[0], places[1], out}, {}}};
}

// Scales that differ, and groups, make TFLite quantise each image with a zero point.
static void eval_hybrid(const EvalContext& c, tin_window w) {
    const Type& weights = *c.in[1].type;
    const std::vector<float>& scales = weights.quant->scale;
    const bool differ = std::any_of(scales.begin(), scales.end(), [&](float s) { return s != scales[0]; });
    const bool asymmetric = differ || c.node.integer("group") != 1;
    HybridInput input(weights, w.in_h * w.in_w * w.in_c,
                      asymmetric ? HybridInput::Scheme::asymmetric : HybridInput::Scheme::symmetric);
    input.sum.one_by_one = asymmetric;
    const int64_t images = std::exchange(w.batch, 1), pixels = w.out_h * w.out_w;
    for (int64_t b = 0; b < images; ++b) {
        input.take(c.in[0].as<float>() + b * w.in_h * w.in_w * w.in_c);
        tin_conv_hybrid(&w, c.node.integer("group"), input.stored.data(), c.in[1].as<int8_t>(),
                        c.has(2) ? c.in[2].as<float>() : nullptr, &input.sum, c.out[0].as<float>() + b * pixels * w.out_c);
    }
}

static void eval(const EvalContext& c) {
    const tin_window w = window_of(window(c.node, *c.in[1].type), c.in[0].type->shape, c.out[0].type->shape);
    if (has_stored_weights(c))
        eval_hybrid(c, w);
    else
        call(c, tin_conv_f32, &w, c.node.integer("group"), c.in[0].as<float>(), c.in[1].as<float>(),
             c.has(2) ? c.in[2].as<float>() : nullptr, c.out[0].as<float>());
    apply_activation(c);
}

static void eval_integer(const EvalContext& c) {
    const tin_window w = window_of(window(c.node, *c.in[1].type), c.in[0].type->shape, c.out[0].type->shape);
    call_weighted_sum(c, WeightedSum(c, c.out[0].type->shape[3]), WEIGHTED_SUM_KERNELS(tin_conv), &w, c.node.integer("group"));
}

static int64_t macs(const Node&, std::span<const Type* const> in, std::span<const Type> out) {
    const Shape& weights = in[1]->shape;
    return out[0].elements() * weights[1] * weights[2] * weights[3];
}

const OpDef op::Conv{
    .name = "Conv",
    .says = "y[b,y,x,o] = bias[o] + sum(x[b, y*stride + ky*dilation - pad, ..., i] * weights[o,ky,kx,i])",
    .operands = {{"x"}, {"weights"}, {"bias", true}},
    .attrs = {{"strides", Ints{1, 1}},
              {"dilations", Ints{1, 1}},
              {"pads", Ints{0, 0, 0, 0}},
              {"group", int64_t{1}},
              activation_attr()},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::weighted_sum,
    .integer = {.types = quantised_types, .eval = eval_integer, .micro = dtypes(DType::i8, DType::i16)},
    .macs = macs,
    .tflite = {.builtin = 3, .accepts = dtypes(DType::f32), .max_rank = 4},
};

}  // namespace tinsmith
