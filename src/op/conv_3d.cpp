#include "kernel/conv_3d.h"
#include "op/activation.hpp"
#include "op/kernel_call.hpp"
#include "op/list.hpp"
#include "op/window.hpp"

namespace tinsmith {

static WindowAttrs window(const Node& node, const Type& weights) {
    return WindowAttrs::of(node, 3, Ints(weights.shape.begin(), weights.shape.begin() + 3));
}

static std::vector<Type> infer(const InferContext& c) {
    check_rank(c, 0, 5);
    check_rank(c, 1, 5);
    check_weights_type(c, -1);
    check_activation(c);
    const Shape &x = c.type(0).shape, &weights = c.type(1).shape;
    const int64_t group = c.node.integer("group"), in = weights[3], out = weights[4];
    check(group >= 1 && in >= 1 && x[4] % group == 0 && x[4] / group == in,
          "weights have {} input channels, the input has {} in {} groups", in, x[4], group);
    check(out % group == 0, "{} output channels do not divide into {} groups", out, group);
    check_bias(c, 2, out);
    Shape places = window(c.node, c.type(1)).places(x);
    return {Type{c.type(0).dtype, {x[0], places[0], places[1], places[2], out}, {}}};
}

static void eval(const EvalContext& c) {
    const tin_window_3d w = window_3d_of(window(c.node, *c.in[1].type), c.in[0].type->shape, c.out[0].type->shape);
    call(c, tin_conv_3d_f32, &w, c.node.integer("group"), c.in[0].as<float>(), c.in[1].as<float>(),
         c.has(2) ? c.in[2].as<float>() : nullptr, c.out[0].as<float>());
    apply_activation(c);
}

static int64_t macs(const Node&, std::span<const Type* const> in, std::span<const Type> out) {
    const Shape& weights = in[1]->shape;
    return out[0].elements() * weights[0] * weights[1] * weights[2] * weights[3];
}

const OpDef op::Conv3D{
    .name = "Conv3D",
    .says = "y[b,p,o] = bias[o] + sum(x[b, p*stride + k*dilation - pad, i] * weights[k,i,o])",
    .operands = {{"x"}, {"weights"}, {"bias", true}},
    .attrs = {{"strides", Ints{1, 1, 1}},
              {"dilations", Ints{1, 1, 1}},
              {"pads", Ints{0, 0, 0, 0, 0, 0}},
              {"group", int64_t{1}},
              activation_attr()},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::weighted_sum,
    .macs = macs,
    .tflite = {.builtin = 132, .accepts = dtypes(DType::f32), .max_rank = 5},
};

}  // namespace tinsmith
