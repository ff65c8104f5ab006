// Convolutions and pools.
#include "frontend/tensorflow/layout.hpp"
#include "frontend/tensorflow/ops.hpp"

namespace tinsmith::tensorflow::from_tensorflow {

namespace {

Ints first(const Shape& shape, size_t count) {
    check(shape.size() >= count, "weights of shape {} for {} axes", to_string(shape), count);
    return {shape.begin(), shape.begin() + static_cast<ptrdiff_t>(count)};
}

struct PoolWindow {
    Ints kernel, strides;
};

// MaxPoolV2 takes both as operands.
PoolWindow pool_window(NodeReader& r, const SpatialOperand& in) {
    if (r.has(2)) return {in.places(r.ints(1)), in.places(r.ints(2))};
    return {in.spatial("ksize"), in.spatial("strides")};
}

// The [N, L, C] that was made [N, L, 1, C] for this node: Keras 2 pools along one axis that way, Keras 3 over [N, 1, L, C].
std::optional<ValueId> one_axis_operand(const Graph& graph, ValueId x, const PoolWindow& p) {
    if (p.kernel.size() != 2 || p.kernel[1] != 1 || p.strides[1] != 1 || graph.nodes.empty()) return std::nullopt;
    const tinsmith::Node& last = graph.nodes.back();
    if (!last.is(op::Reshape) || last.outputs[0] != x || graph.type(x).shape[2] != 1) return std::nullopt;
    const ValueId before = last.inputs[0];
    return graph.type(before).rank() == 3 ? std::optional(before) : std::nullopt;
}

std::vector<Operand> pool(NodeReader& r, const OpDef& op) {
    Compose m{r.b};
    SpatialOperand in(r, 0);
    PoolWindow p = pool_window(r, in);
    const std::string padding = r.text("padding", "VALID");
    if (padding == "EXPLICIT") return {in.back(pool_last(m, op, in.x, in.window(p.kernel)))};
    const auto same = padding == "SAME" ? Padding::same : Padding::valid;
    const auto narrow = one_axis_operand(r.b.graph, in.x, p);
    if (narrow) {
        p.kernel.pop_back();
        p.strides.pop_back();
    }
    const ValueId x = narrow.value_or(in.x);
    ValueId y = pool_last(m, op, x, window_over(m.shape(x), p.kernel, p.strides, Ints(p.kernel.size(), 1), same));
    if (narrow) y = m.reshape(y, {m.shape(y)[0], m.shape(y)[1], 1, m.shape(y)[2]});
    return {in.back(y)};
}

}  // namespace

// weights [kernel..., in / groups, out].
std::vector<Operand> conv(NodeReader& r) {
    Compose m{r.b};
    SpatialOperand in(r, 0);
    const Window w = in.window(first(r.shape(1), in.axes()));
    check(r.rank(1) == r.rank(0) && r.shape(1)[in.axes()] > 0, "the weights are {}", to_string(r.type(1)));
    const int64_t group = m.shape(in.x).back() / r.shape(1)[in.axes()];
    return {in.back(convolve_last(m, in.x, r.operand(1), no_value, w, group))};
}

std::vector<Operand> depthwise_conv(NodeReader& r) {
    Compose m{r.b};
    SpatialOperand in(r, 0, 2);
    return {in.back(convolve_depthwise(m, in.x, r.operand(1), no_value, in.window(first(r.shape(1), 2))))};
}

// Operands: the shape of the result (or its spatial part), weights [kernel..., out, in], x. The window is that of the convolution whose
// gradient this is: it lies over the result.
std::vector<Operand> conv_transpose(NodeReader& r) {
    Compose m{r.b};
    SpatialOperand in(r, 2);
    const Ints places = in.places(r.ints(0));
    Shape result = m.shape(in.x);
    for (size_t i = 0; i < in.axes(); ++i) {
        check(places[i] >= 1 && places[i] < int64_t{1} << 31, "an output extent of {}", places[i]);
        result[i + 1] = places[i];
    }
    const Window w = in.window(result, first(r.shape(1), in.axes()));
    return {in.back(convolve_back(m, in.x, r.operand(1), no_value, w, places))};
}

std::vector<Operand> max_pool(NodeReader& r) { return pool(r, op::MaxPool); }
std::vector<Operand> average_pool(NodeReader& r) { return pool(r, op::AveragePool); }

}  // namespace tinsmith::tensorflow::from_tensorflow
