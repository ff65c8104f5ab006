// Conv, DepthwiseConv, ConvTranspose and their 3-D forms on oneDNN, channels-last.
#include "op/list.hpp"
#include "run/dnnl_kernel.hpp"

namespace tinsmith {

namespace {

// Where the extents of a weight tensor lie: positions in its shape.
struct WeightLayout {
    int out, in;     // -1: the dimension is not there (depthwise: one input channel per group)
    size_t spatial;  // first of the spatial positions
};

struct Convolution {
    const OpDef* op;
    WeightLayout weights;
    bool transposed = false, depthwise = false, dilated = false;
};

constexpr Convolution convolutions[] = {
    {.op = &op::Conv, .weights = {0, 3, 1}, .dilated = true},
    {.op = &op::DepthwiseConv, .weights = {3, -1, 1}, .depthwise = true, .dilated = true},
    {.op = &op::ConvTranspose, .weights = {0, 3, 1}, .transposed = true},
    {.op = &op::Conv3D, .weights = {4, 3, 0}, .dilated = true},
    {.op = &op::ConvTranspose3D, .weights = {3, 4, 0}, .transposed = true},
};

}  // namespace

static Shape row_major(const Shape& shape) {
    Shape strides(shape.size(), 1);
    for (size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
    return strides;
}

// N, spatial..., C as oneDNN orders it: N, C, spatial... with the strides it has in memory.
static dnnl_memory_desc_t channels_last(const Shape& shape) {
    const Shape strides = row_major(shape);
    Shape extents{shape[0], shape.back()}, steps{strides[0], 1};
    extents.insert(extents.end(), shape.begin() + 1, shape.end() - 1);
    steps.insert(steps.end(), strides.begin() + 1, strides.end() - 1);
    return dnnl_strided(extents, steps);
}

// group?, O / group, I / group, spatial...
static void weight_extents(const Convolution& kind, const Shape& shape, int64_t groups, Shape& extents, Shape& steps) {
    const Shape strides = row_major(shape);
    const auto out = static_cast<size_t>(kind.weights.out);
    const size_t spatial = shape.size() - 2;
    extents.clear();
    steps.clear();
    if (groups > 1) {
        extents.push_back(groups);
        steps.push_back(shape[out] / groups * strides[out]);
    }
    extents.push_back(shape[out] / groups);
    steps.push_back(strides[out]);
    extents.push_back(kind.weights.in < 0 ? 1 : shape[static_cast<size_t>(kind.weights.in)]);
    steps.push_back(1);
    if (kind.weights.in >= 0) steps.back() = strides[static_cast<size_t>(kind.weights.in)];
    for (size_t i = 0; i < spatial; ++i) {
        extents.push_back(shape[kind.weights.spatial + i]);
        steps.push_back(strides[kind.weights.spatial + i]);
    }
}

std::unique_ptr<FastKernel> make_dnnl_convolution(const Graph& graph, const Node& node, const ConstantBytes& constant) {
    const Convolution* kind = nullptr;
    for (const Convolution& candidate : convolutions)
        if (node.op == candidate.op) kind = &candidate;
    if (!kind) return nullptr;
    const std::byte* weight_bytes = constant(node.input(1));
    const DnnlLibrary* d = weight_bytes ? dnnl_library() : nullptr;
    if (!d) return nullptr;

    const Shape &in = graph.type(node.input(0)).shape, &out = graph.type(node.outputs[0]).shape;
    const Shape& weights = graph.type(node.input(1)).shape;
    const size_t spatial = in.size() - 2;
    const int64_t groups = kind->depthwise ? in.back() : kind->transposed ? 1 : node.integer("group");
    const Ints &strides = node.ints("strides"), &pads = node.ints("pads");
    Ints before(pads.begin(), pads.begin() + static_cast<ptrdiff_t>(spatial));
    Ints after(pads.begin() + static_cast<ptrdiff_t>(spatial), pads.end());
    Ints dilations(spatial, 0);
    for (size_t i = 0; i < spatial && kind->dilated; ++i) dilations[i] = node.ints("dilations")[i] - 1;
    for (size_t i = 0; i < spatial && kind->transposed; ++i) {
        after[i] -= node.ints("output_padding")[i];
        if (after[i] < 0) return nullptr;
    }

    Shape extents, steps;
    weight_extents(*kind, weights, groups, extents, steps);
    const dnnl_memory_desc_t source = channels_last(in), result = channels_last(out);
    const dnnl_memory_desc_t given = dnnl_strided(extents, steps), liked = dnnl_any_order(extents);
    std::vector<DnnlOperand> operands{{DNNL_ARG_SRC, 0, source},
                                      {DNNL_ARG_WEIGHTS, 1, given, weight_bytes, dnnl_query_weights_md}};
    dnnl_memory_desc_t bias{};
    if (node.input(2) != no_value) {
        bias = dnnl_strided({out.back()}, {1});
        operands.push_back({DNNL_ARG_BIAS, 2, bias});
    }
    const dnnl_memory_desc_t* bias_or_none = node.input(2) != no_value ? &bias : nullptr;

    dnnl_convolution_desc_t desc{};  // oneDNN's deconvolution has the same descriptor
    const dnnl_status_t ok =
        kind->transposed
            ? d->deconvolution_forward_desc_init(&desc, dnnl_forward_inference, dnnl_deconvolution_direct, &source, &liked,
                                                 bias_or_none, &result, strides.data(), before.data(), after.data())
            : d->dilated_convolution_forward_desc_init(&desc, dnnl_forward_inference, dnnl_convolution_direct, &source, &liked,
                                                       bias_or_none, &result, strides.data(), dilations.data(), before.data(),
                                                       after.data());
    if (ok != dnnl_success) return nullptr;
    return make_dnnl_kernel(&desc, node.text("activation"), operands, result);
}

}  // namespace tinsmith
