#include "op/window.hpp"

#include "op/integer.hpp"

namespace tinsmith {

int64_t window_places(int64_t in, int64_t kernel, int64_t stride, int64_t dilation, int64_t before, int64_t after) {
    constexpr int64_t limit = int64_t{1} << 31;
    check(kernel >= 1 && kernel < limit, "a window of {} cells", kernel);
    check(stride >= 1 && stride < limit, "a stride of {}", stride);
    check(dilation >= 1 && dilation < limit, "a dilation of {}", dilation);
    check(before >= 0 && after >= 0 && before < limit && after < limit, "padding of {} and {}", before, after);
    const int64_t padded = in + before + after, reach = (kernel - 1) * dilation + 1;
    check(reach <= padded, "a window that reaches over {} cells does not fit on {}, padding included", reach, padded);
    return (padded - reach) / stride + 1;
}

WindowAttrs WindowAttrs::of(const Node& node, size_t axes, Ints kernel) {
    bool dilates = false;
    for (const AttrSpec& spec : node.op->attrs) dilates = dilates || spec.name == "dilations";
    WindowAttrs a{std::move(kernel), node.ints("strides"), dilates ? node.ints("dilations") : Ints(axes, 1), node.ints("pads")};
    check(a.kernel.size() == axes, "kernel has {} numbers, not {}", a.kernel.size(), axes);
    check(a.strides.size() == axes, "strides has {} numbers, not {}", a.strides.size(), axes);
    check(a.dilations.size() == axes, "dilations has {} numbers, not {}", a.dilations.size(), axes);
    check(a.pads.size() == 2 * axes, "pads has {} numbers, not {}", a.pads.size(), 2 * axes);
    return a;
}

Shape WindowAttrs::places(const Shape& x) const {
    Shape out(kernel.size());
    for (size_t i = 0; i < out.size(); ++i)
        out[i] = window_places(x[i + 1], kernel[i], strides[i], dilations[i], pads[i], pads[i + out.size()]);
    return out;
}

int64_t transposed_places(int64_t in, int64_t kernel, int64_t stride, int64_t before, int64_t after, int64_t output_padding) {
    constexpr int64_t limit = int64_t{1} << 31;
    check(in >= 1 && in < limit, "a transposed convolution over {} cells", in);
    check(kernel >= 1 && kernel < limit, "a window of {} cells", kernel);
    check(stride >= 1 && stride < limit, "a stride of {}", stride);
    check(before >= 0 && after >= 0 && before < limit && after < limit, "padding of {} and {}", before, after);
    check(output_padding >= 0 && output_padding < limit, "output padding of {}", output_padding);
    const int64_t out = (in - 1) * stride + kernel - before - after + output_padding;
    check(out >= 1, "padding of {} and {} leaves nothing of the output", before, after);
    return out;
}

Shape transposed_places(const Node& node, const Shape& x, const Ints& kernel) {
    const WindowAttrs a = WindowAttrs::of(node, kernel.size(), kernel);
    const Ints& extra = node.ints("output_padding");
    check(extra.size() == kernel.size(), "output_padding has {} numbers, not {}", extra.size(), kernel.size());
    Shape out(kernel.size());
    for (size_t i = 0; i < out.size(); ++i)
        out[i] = transposed_places(x[i + 1], kernel[i], a.strides[i], a.pads[i], a.pads[i + out.size()], extra[i]);
    return out;
}

void check_rank(const InferContext& c, size_t operand, int64_t rank) {
    check(c.type(operand).rank() == rank, "operand '{}' is {}, not of rank {}", c.node.op->operands[operand].role,
          to_string(c.type(operand)), rank);
}

void check_bias(const InferContext& c, size_t index, int64_t count) {
    if (!c.has(index)) return;
    const Type& bias = c.type(index);
    const bool wide = c.type(0).dtype == DType::i16 && bias.dtype == DType::i64;
    const bool fits = is_quantised(*c.node.op, c.in) ? wide || bias.dtype == DType::i32 : bias.dtype == DType::f32;
    check(fits && bias.shape == Shape{count}, "bias is {}, x is {}, and there are {} output channels", to_string(bias),
          to_string(c.type(0)), count);
}

void check_weights_type(const InferContext& c, int axis, bool hybrid) {
    const Type &x = c.type(0), &weights = c.type(1);
    if (hybrid && x.dtype == DType::f32 && weights.dtype == DType::i8) {
        check_stored_weights(c, 1, axis);
        check(weights.quant->zero_point[0] == 0, "stored weights beside float activations have a zero point of {}",
              weights.quant->zero_point[0]);
        return;
    }
    if (!is_quantised(*c.node.op, c.in)) {
        check(x.dtype == DType::f32 && weights.dtype == DType::f32, "x is {}, its weights are {}; both must be f32",
              to_string(x), to_string(weights));
        return;
    }
    check_stored(c, 0);
    check_stored_weights(c, 1, axis);
    check(weights.dtype == (x.dtype == DType::u8 ? DType::u8 : DType::i8), "x is {}, its weights are {}", to_string(x),
          to_string(weights));
}

tin_window window_of(const WindowAttrs& a, const Shape& x, const Shape& y) {
    return {.batch = x[0],
            .in_h = x[1],
            .in_w = x[2],
            .in_c = x[3],
            .out_h = y[1],
            .out_w = y[2],
            .out_c = y[3],
            .kernel_h = a.kernel[0],
            .kernel_w = a.kernel[1],
            .stride_h = a.strides[0],
            .stride_w = a.strides[1],
            .dilation_h = a.dilations[0],
            .dilation_w = a.dilations[1],
            .pad_top = a.pads[0],
            .pad_left = a.pads[1]};
}

tin_window_3d window_3d_of(const WindowAttrs& a, const Shape& x, const Shape& y) {
    tin_window_3d w{};
    w.batch = x[0];
    w.in_c = x[4];
    w.out_c = y[4];
    for (size_t i = 0; i < 3; ++i) {
        w.in[i] = x[i + 1];
        w.out[i] = y[i + 1];
        w.kernel[i] = a.kernel[i];
        w.stride[i] = a.strides[i];
        w.dilation[i] = a.dilations[i];
        w.pad[i] = a.pads[i];
    }
    return w;
}

}  // namespace tinsmith
