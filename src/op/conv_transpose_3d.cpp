#include "kernel/conv_3d.h"
#include "op/activation.hpp"
#include "op/kernel_call.hpp"
#include "op/list.hpp"
#include "op/window.hpp"

namespace tinsmith {

static Ints kernel(const Type& weights) { return Ints(weights.shape.begin(), weights.shape.begin() + 3); }

static std::vector<Type> infer(const InferContext& c) {
    check_rank(c, 0, 5);
    check_rank(c, 1, 5);
    check_weights_type(c, -1);
    check_activation(c);
    const Shape &x = c.type(0).shape, &weights = c.type(1).shape;
    check(x[4] == weights[4] && x[4] >= 1, "weights have {} input channels, the input has {}", weights[4], x[4]);
    check_bias(c, 2, weights[3]);
    Shape places = transposed_places(c.node, x, kernel(c.type(1)));
    return {Type{c.type(0).dtype, {x[0], places[0], places[1], places[2], weights[3]}, {}}};
}

static void eval(const EvalContext& c) {
    const WindowAttrs attrs = WindowAttrs::of(c.node, 3, kernel(*c.in[1].type));
    const tin_window_3d w = window_3d_of(attrs, c.out[0].type->shape, c.in[0].type->shape);
    call(c, tin_conv_transpose_3d_f32, &w, c.in[0].as<float>(), c.in[1].as<float>(), c.has(2) ? c.in[2].as<float>() : nullptr,
         c.out[0].as<float>());
    apply_activation(c);
}

static int64_t macs(const Node&, std::span<const Type* const> in, std::span<const Type>) {
    const Shape& weights = in[1]->shape;
    return in[0]->elements() * weights[0] * weights[1] * weights[2] * weights[3];
}

const OpDef op::ConvTranspose3D{
    .name = "ConvTranspose3D",
    .says = "y[b, p*stride + k - pad, o] += x[b,p,i] * weights[k,o,i], starting from bias[o]",
    .operands = {{"x"}, {"weights"}, {"bias", true}},
    .attrs = {{"strides", Ints{1, 1, 1}},
              {"pads", Ints{0, 0, 0, 0, 0, 0}},
              {"output_padding", Ints{0, 0, 0}},
              activation_attr()},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::weighted_sum,
    .macs = macs,
    .tflite = {.builtin = 141, .accepts = dtypes(DType::f32), .max_rank = 5},
};

}  // namespace tinsmith
