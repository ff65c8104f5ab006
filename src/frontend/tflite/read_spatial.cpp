// Convolutions, pools, matrix products and resizing. SAME and VALID become amounts.
#include "format/tflite/padding.hpp"
#include "frontend/tflite/operator_reader.hpp"

namespace tinsmith::tflite {

namespace {

using B = BuiltinOperator;
using Values = std::vector<ValueId>;

void check_rank(const OperatorReader& r, size_t i, int64_t rank) {
    check(r.rank(i) == rank, "operand {} is {}, expected {} dimensions", i, to_string(r.type(i)), rank);
}

// [before..., after...] of the windows over `in`.
Ints pads(Padding padding, const Shape& in, const Ints& kernel, const Ints& strides, const Ints& dilations) {
    Ints before, after;
    for (size_t a = 0; a < kernel.size(); ++a) {
        check(strides[a] > 0 && dilations[a] > 0, "stride {} and dilation {}", strides[a], dilations[a]);
        Window w{in[a], 0, kernel[a], strides[a], dilations[a], 0};
        w.out = w.same_out();
        w.before = padding == Padding::SAME ? w.same_before() : 0;
        before.push_back(w.before);
        after.push_back(padding == Padding::SAME ? std::max<int64_t>(w.after(), 0) : 0);
    }
    before.insert(before.end(), after.begin(), after.end());
    return before;
}

Shape spatial(const Shape& shape, size_t first, size_t count) {
    return {shape.begin() + static_cast<std::ptrdiff_t>(first), shape.begin() + static_cast<std::ptrdiff_t>(first + count)};
}

ValueId bias(const OperatorReader& r, size_t i) { return i < r.in.size() ? r.in[i] : no_value; }

Values read_conv(OperatorReader& r) {
    const auto& o = r.options<Conv2DOptions>();
    check_rank(r, 0, 4);
    check_rank(r, 1, 4);
    Ints strides{o.stride_h(), o.stride_w()}, dilations{o.dilation_h(), o.dilation_w()};
    int64_t depth = r.shape(1)[3];
    check(depth > 0 && r.shape(0)[3] % depth == 0, "weights have {} input channels, the input has {}", depth, r.shape(0)[3]);
    ValueId y = r.b.add(op::Conv, {r.operand(0), r.hybrid_weights(1, 0), bias(r, 2)},
                        {{"strides", strides},
                         {"dilations", dilations},
                         {"pads", pads(o.padding(), spatial(r.shape(0), 1, 2), spatial(r.shape(1), 1, 2), strides, dilations)},
                         {"group", r.shape(0)[3] / depth},
                         {"activation", r.fused(o.activation())}});
    return {y};
}

Values read_depthwise_conv(OperatorReader& r) {
    const auto& o = r.options<DepthwiseConv2DOptions>();
    check_rank(r, 0, 4);
    check_rank(r, 1, 4);
    Ints strides{o.stride_h(), o.stride_w()}, dilations{o.dilation_h(), o.dilation_w()};
    return {r.b.add(op::DepthwiseConv, {r.operand(0), r.hybrid_weights(1, 3), bias(r, 2)},
                    {{"strides", strides},
                     {"dilations", dilations},
                     {"pads", pads(o.padding(), spatial(r.shape(0), 1, 2), spatial(r.shape(1), 1, 2), strides, dilations)},
                     {"activation", r.fused(o.activation())}})};
}

Values read_conv_3d(OperatorReader& r) {
    const auto& o = r.options<Conv3DOptions>();
    check_rank(r, 0, 5);
    check_rank(r, 1, 5);
    Ints strides{o.stride_d(), o.stride_h(), o.stride_w()}, dilations{o.dilation_d(), o.dilation_h(), o.dilation_w()};
    return {r.b.add(op::Conv3D, {r.operand(0), r.operand(1), bias(r, 2)},
                    {{"strides", strides},
                     {"dilations", dilations},
                     {"pads", pads(o.padding(), spatial(r.shape(0), 1, 3), spatial(r.shape(1), 0, 3), strides, dilations)},
                     {"activation", r.fused(o.activation())}})};
}

// The output's extents are given; what SAME or VALID crop from the full product follows from them.
Values conv_transpose(OperatorReader& r, const OpDef& def, Padding padding, const Ints& strides,
                      ActivationFunctionType activation, size_t first_kernel_axis) {
    size_t axes = strides.size();
    for (size_t i = 1; i < 3; ++i) check_rank(r, i, static_cast<int64_t>(axes) + 2);
    Ints wanted = r.constant_ints(0), kernel = spatial(r.shape(1), first_kernel_axis, axes);
    check(wanted.size() == axes + 2, "the output shape {} does not have {} extents", to_string(wanted), axes + 2);
    const ValueId weights = &def == &op::ConvTranspose ? r.hybrid_weights(1, 0, 2) : r.float_weights(1, 2);
    Ints crop = pads(padding, spatial(wanted, 1, axes), kernel, strides, Ints(axes, 1)), output_padding;
    for (size_t a = 0; a < axes; ++a) {
        int64_t in = r.shape(2)[a + 1];
        check(in >= 1 && in <= INT32_MAX && wanted[a + 1] >= 0, "extents {} and {}", in, wanted[a + 1]);
        int64_t left = (in - 1) * strides[a] + kernel[a] - crop[a] - wanted[a + 1];
        crop[axes + a] = std::max<int64_t>(left, 0);
        output_padding.push_back(std::max<int64_t>(-left, 0));
    }
    return {r.b.add(
        def, {r.operand(2), weights, bias(r, 3)},
        {{"strides", strides}, {"pads", crop}, {"output_padding", output_padding}, {"activation", r.fused(activation)}})};
}

Values read_transpose_conv(OperatorReader& r) {
    const auto& o = r.options<TransposeConvOptions>();
    return conv_transpose(r, op::ConvTranspose, o.padding(), {o.stride_h(), o.stride_w()}, o.activation(), 1);
}

Values read_conv_3d_transpose(OperatorReader& r) {
    const auto& o = r.options<Conv3DOptions>();
    supported(o.dilation_d() == 1 && o.dilation_h() == 1 && o.dilation_w() == 1, "dilations are not read");
    return conv_transpose(r, op::ConvTranspose3D, o.padding(), {o.stride_d(), o.stride_h(), o.stride_w()}, o.activation(), 0);
}

ValueId pool(OperatorReader& r, const OpDef& def, ValueId x, bool fuse) {
    const auto& o = r.options<Pool2DOptions>();
    check_rank(r, 0, 4);
    Ints kernel{o.filter_h(), o.filter_w()}, strides{o.stride_h(), o.stride_w()};
    check(kernel[0] > 0 && kernel[1] > 0, "a window of {}x{}", kernel[0], kernel[1]);
    return r.b.add(def, {x},
                   {{"kernel", kernel},
                    {"strides", strides},
                    {"pads", pads(o.padding(), spatial(r.shape(0), 1, 2), kernel, strides, {1, 1})},
                    {"activation", fuse ? r.fused(o.activation()) : "none"}});
}

Values read_max_pool(OperatorReader& r) { return {pool(r, op::MaxPool, r.operand(0), true)}; }
Values read_average_pool(OperatorReader& r) { return {pool(r, op::AveragePool, r.operand(0), true)}; }

// The root of the mean of squares.
Values read_l2_pool(OperatorReader& r) {
    ValueId mean = pool(r, op::AveragePool, r.b.add(op::Square, {r.operand(0)}), false);
    return {r.activated(r.b.add(op::Sqrt, {mean}), r.options<Pool2DOptions>().activation())};
}

Values read_fully_connected(OperatorReader& r) {
    const auto& o = r.options<FullyConnectedOptions>();
    supported(o.weights_format() == FullyConnectedWeightsFormat::DEFAULT, "shuffled weights are not read");
    check_rank(r, 1, 2);
    ValueId x = r.operand(0);
    int64_t inputs = r.shape(1)[1];
    check(inputs > 0 && r.type(0).elements() % inputs == 0, "weights take {} inputs, x is {}", inputs, to_string(r.type(0)));
    bool rows = r.rank(0) >= 1 && r.shape(0).back() == inputs && (o.keep_num_dims() || r.rank(0) == 2);
    if (!rows) x = r.reshape(x, {r.type(0).elements() / inputs, inputs});
    ValueId weights = r.hybrid_weights(1, 0);
    const bool hybrid = r.type(0).dtype == DType::f32 && is_quantised(r.b.type(weights));
    return {
        r.b.add(op::FullyConnected, {x, weights, bias(r, 2)},
                {{"activation", r.fused(o.activation())}, {"asymmetric_inputs", hybrid && o.asymmetric_quantize_inputs()}})};
}

Values read_batch_mat_mul(OperatorReader& r) {
    const auto& o = r.options<BatchMatMulOptions>();
    static constexpr size_t weights[]{1};
    const bool hybrid = r.all_stored(weights);
    return {
        r.b.add(op::MatMul, {r.operand(0), hybrid ? r.operand(1) : r.float_weights(1)},
                {{"adj_x", o.adj_x()}, {"adj_y", o.adj_y()}, {"asymmetric_inputs", hybrid && o.asymmetric_quantize_inputs()}})};
}

template <class Options>
Values resize(OperatorReader& r, const OpDef& def) {
    const auto& o = r.options<Options>();
    return {r.b.add(
        def, {r.operand(0)},
        {{"size", r.constant_ints(1)}, {"align_corners", o.align_corners()}, {"half_pixel_centers", o.half_pixel_centers()}})};
}

Values read_resize_bilinear(OperatorReader& r) { return resize<ResizeBilinearOptions>(r, op::ResizeBilinear); }
Values read_resize_nearest(OperatorReader& r) { return resize<ResizeNearestNeighborOptions>(r, op::ResizeNearest); }

constexpr ReadRow rows[]{
    {B::CONV_2D, read_conv},
    {B::DEPTHWISE_CONV_2D, read_depthwise_conv},
    {B::CONV_3D, read_conv_3d},
    {B::TRANSPOSE_CONV, read_transpose_conv},
    {B::CONV_3D_TRANSPOSE, read_conv_3d_transpose},
    {B::MAX_POOL_2D, read_max_pool},
    {B::AVERAGE_POOL_2D, read_average_pool},
    {B::L2_POOL_2D, read_l2_pool},
    {B::FULLY_CONNECTED, read_fully_connected},
    {B::BATCH_MATMUL, read_batch_mat_mul},
    {B::RESIZE_BILINEAR, read_resize_bilinear},
    {B::RESIZE_NEAREST_NEIGHBOR, read_resize_nearest},
};

}  // namespace

std::span<const ReadRow> spatial_readers() { return rows; }

}  // namespace tinsmith::tflite
