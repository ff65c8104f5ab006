#include "kernel/conv_transpose.h"
#include "kernel/conv_integer.h"
#include "op/activation.hpp"
#include "op/hybrid.hpp"
#include "op/list.hpp"
#include "op/weighted_sum.hpp"
#include "op/window.hpp"

#include <utility>

namespace tinsmith {

static Ints kernel(const Type& weights) { return {weights.shape[1], weights.shape[2]}; }

static std::vector<Type> infer(const InferContext& c) {
    check_rank(c, 0, 4);
    check_rank(c, 1, 4);
    check_weights_type(c, 0, true);
    check_activation(c);
    const Shape &x = c.type(0).shape, &weights = c.type(1).shape;
    check(x[3] == weights[3] && x[3] >= 1, "weights have {} input channels, the input has {}", weights[3], x[3]);
    check_bias(c, 2, weights[0]);
    Shape places = transposed_places(c.node, x, kernel(c.type(1)));
    return {Type{c.type(0).dtype, {x[0], places[0], places[1], weights[0]}, {}}};
}

// Each image is quantised for itself, with a zero point.
static void eval_hybrid(const EvalContext& c, tin_window w) {
    const int64_t images = std::exchange(w.batch, 1), in = w.out_h * w.out_w * w.out_c, out = w.in_h * w.in_w * w.in_c;
    HybridInput image(*c.in[1].type, in, HybridInput::Scheme::asymmetric);
    image.sum.one_by_one = true;
    for (int64_t b = 0; b < images; ++b) {
        image.take(c.in[0].as<float>() + b * in);
        tin_conv_transpose_hybrid(&w, image.stored.data(), c.in[1].as<int8_t>(), c.has(2) ? c.in[2].as<float>() : nullptr,
                                  &image.sum, c.out[0].as<float>() + b * out);
    }
}

static void eval(const EvalContext& c) {
    const WindowAttrs attrs = WindowAttrs::of(c.node, 2, kernel(*c.in[1].type));
    const tin_window w = window_of(attrs, c.out[0].type->shape, c.in[0].type->shape);
    if (has_stored_weights(c))
        eval_hybrid(c, w);
    else
        call(c, tin_conv_transpose_f32, &w, c.in[0].as<float>(), c.in[1].as<float>(), c.has(2) ? c.in[2].as<float>() : nullptr,
             c.out[0].as<float>());
    apply_activation(c);
}

static void eval_integer(const EvalContext& c) {
    const tin_window w =
        window_of(WindowAttrs::of(c.node, 2, kernel(*c.in[1].type)), c.out[0].type->shape, c.in[0].type->shape);
    call_weighted_sum(c, WeightedSum(c, c.out[0].type->shape[3]), WEIGHTED_SUM_KERNELS(tin_conv_transpose), &w);
}

static int64_t macs(const Node&, std::span<const Type* const> in, std::span<const Type>) {
    const Shape& weights = in[1]->shape;
    return in[0]->elements() * weights[0] * weights[1] * weights[2];
}

const OpDef op::ConvTranspose{
    .name = "ConvTranspose",
    .says = "y[b, y*stride + ky - pad, ..., o] += x[b,y,x,i] * weights[o,ky,kx,i], starting from bias[o]",
    .operands = {{"x"}, {"weights"}, {"bias", true}},
    .attrs = {{"strides", Ints{1, 1}}, {"pads", Ints{0, 0, 0, 0}}, {"output_padding", Ints{0, 0}}, activation_attr()},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::weighted_sum,
    .integer = {.types = quantised_types, .eval = eval_integer, .micro = dtypes(DType::i8, DType::i16)},
    .macs = macs,
    .tflite = {.builtin = 67, .accepts = dtypes(DType::f32), .max_rank = 4},
};

}  // namespace tinsmith
