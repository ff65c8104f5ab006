// Convolutions, pools, matrix products and resizing.
#include "backend/tflite/operator_writer.hpp"
#include "backend/tflite/windows.hpp"

namespace tinsmith::tflite {

// Sliding-window nodes have the activation first; the filter's extents stand in weights or in the attribute `kernel`.
std::vector<Window> windows_of(const Graph& graph, const Node& node) {
    const Shape &x = graph.type(node.inputs[0]).shape, &y = graph.type(node.outputs[0]).shape;
    const Ints &strides = node.ints("strides"), &pads = node.ints("pads");
    bool pool = node.op->name == "MaxPool" || node.op->name == "AveragePool";
    bool conv3d = node.op->name == "Conv3D";  // DHWIO; the others OHWI
    std::vector<Window> windows;
    for (size_t a = 0; a < strides.size(); ++a) {
        int64_t kernel = pool ? node.ints("kernel")[a] : graph.type(node.inputs[1]).shape[conv3d ? a : a + 1];
        int64_t dilation = pool ? 1 : node.ints("dilations")[a];
        windows.push_back({x[a + 1], y[a + 1], kernel, strides[a], dilation, pads[a]});
    }
    return windows;
}

// A transposed convolution is the gradient of a convolution from its output to its input: that one's padding is meant.
std::vector<Window> transposed_windows_of(const Graph& graph, const Node& node) {
    const Shape &x = graph.type(node.inputs[0]).shape, &y = graph.type(node.outputs[0]).shape;
    const Ints &strides = node.ints("strides"), &pads = node.ints("pads");
    size_t first_kernel_axis = node.op->name == "ConvTranspose3D" ? 0 : 1;  // DHWOI or OHWI
    std::vector<Window> windows;
    for (size_t a = 0; a < strides.size(); ++a)
        windows.push_back(
            {y[a + 1], x[a + 1], graph.type(node.inputs[1]).shape[first_kernel_axis + a], strides[a], 1, pads[a]});
    return windows;
}

namespace {

using B = BuiltinOperator;

Padding padding(const OperatorWriter& w) { return *padding_of(windows_of(w.graph, w.node)); }

Operation write_conv(const OperatorWriter& w) {
    return {B::CONV_2D,
            w.all_inputs(),
            CreateConv2DOptions(w.fbb, padding(w), w.i32("strides", 1), w.i32("strides", 0), w.activation(),
                                w.i32("dilations", 1), w.i32("dilations", 0)),
            {}};
}

Operation write_depthwise_conv(const OperatorWriter& w) {
    auto multiplier = static_cast<int32_t>(w.shape(1)[3] / w.shape(0)[3]);
    return {B::DEPTHWISE_CONV_2D,
            w.all_inputs(),
            CreateDepthwiseConv2DOptions(w.fbb, padding(w), w.i32("strides", 1), w.i32("strides", 0), multiplier,
                                         w.activation(), w.i32("dilations", 1), w.i32("dilations", 0)),
            {}};
}

Operation write_conv_3d(const OperatorWriter& w) {
    return {B::CONV_3D,
            w.all_inputs(),
            CreateConv3DOptions(w.fbb, padding(w), w.i32("strides", 0), w.i32("strides", 2), w.i32("strides", 1),
                                w.activation(), w.i32("dilations", 0), w.i32("dilations", 2), w.i32("dilations", 1)),
            {}};
}

// The output's extents are an operand.
Padding transposed_padding(const OperatorWriter& w) { return *padding_of(transposed_windows_of(w.graph, w.node)); }

Operation write_conv_transpose(const OperatorWriter& w) {
    std::vector<int32_t> inputs{w.ints(w.out_type(0).shape), w.in(1), w.in(0)};
    if (w.has(2)) inputs.push_back(w.in(2));
    return {B::TRANSPOSE_CONV,
            inputs,
            CreateTransposeConvOptions(w.fbb, transposed_padding(w), w.i32("strides", 1), w.i32("strides", 0), w.activation()),
            {}};
}

Operation write_conv_transpose_3d(const OperatorWriter& w) {
    std::vector<int32_t> inputs{w.ints(w.out_type(0).shape), w.in(1), w.in(0)};
    if (w.has(2)) inputs.push_back(w.in(2));
    return {B::CONV_3D_TRANSPOSE,
            inputs,
            CreateConv3DOptions(w.fbb, transposed_padding(w), w.i32("strides", 0), w.i32("strides", 2), w.i32("strides", 1),
                                w.activation()),
            {}};
}

Operation write_pool(const OperatorWriter& w) {
    B code = w.node.op->name == "MaxPool" ? B::MAX_POOL_2D : B::AVERAGE_POOL_2D;
    return {code,
            {w.in(0)},
            CreatePool2DOptions(w.fbb, padding(w), w.i32("strides", 1), w.i32("strides", 0), w.i32("kernel", 1),
                                w.i32("kernel", 0), w.activation()),
            {}};
}

Operation write_fully_connected(const OperatorWriter& w) {
    bool keep_num_dims = w.type(0).rank() != 2;
    return {B::FULLY_CONNECTED,
            w.all_inputs(),
            CreateFullyConnectedOptions(w.fbb, w.activation(), FullyConnectedWeightsFormat::DEFAULT, keep_num_dims,
                                        w.node.flag("asymmetric_inputs")),
            {}};
}

Operation write_mat_mul(const OperatorWriter& w) {
    return {B::BATCH_MATMUL,
            w.all_inputs(),
            CreateBatchMatMulOptions(w.fbb, w.node.flag("adj_x"), w.node.flag("adj_y"), w.node.flag("asymmetric_inputs")),
            {}};
}

Operation write_resize_bilinear(const OperatorWriter& w) {
    return {B::RESIZE_BILINEAR,
            {w.in(0), w.ints(w.node.ints("size"))},
            CreateResizeBilinearOptions(w.fbb, w.node.flag("align_corners"), w.node.flag("half_pixel_centers")),
            {}};
}

Operation write_resize_nearest(const OperatorWriter& w) {
    return {B::RESIZE_NEAREST_NEIGHBOR,
            {w.in(0), w.ints(w.node.ints("size"))},
            CreateResizeNearestNeighborOptions(w.fbb, w.node.flag("align_corners"), w.node.flag("half_pixel_centers")),
            {}};
}

constexpr WriteRow rows[]{
    {"Conv", write_conv},
    {"DepthwiseConv", write_depthwise_conv},
    {"Conv3D", write_conv_3d},
    {"ConvTranspose", write_conv_transpose},
    {"ConvTranspose3D", write_conv_transpose_3d},
    {"MaxPool", write_pool},
    {"AveragePool", write_pool},
    {"FullyConnected", write_fully_connected},
    {"MatMul", write_mat_mul},
    {"ResizeBilinear", write_resize_bilinear},
    {"ResizeNearest", write_resize_nearest},
};

}  // namespace

std::span<const WriteRow> spatial_writers() { return rows; }

}  // namespace tinsmith::tflite
