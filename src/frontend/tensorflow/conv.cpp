// Convolutions and pools.
#include "frontend/tensorflow/layout.hpp"
#include "frontend/tensorflow/ops.hpp"

namespace tinsmith::tensorflow::from_tensorflow {

namespace {

Ints first(const Shape& shape, size_t count) {
    check(shape.size() >= count, "weights of shape {} for {} axes", to_string(shape), count);
    return {shape.begin(), shape.begin() + static_cast<ptrdiff_t>(count)};
}

std::vector<Operand> pool(NodeReader& r, const OpDef& op) {
    Compose m{r.b};
    SpatialOperand in(r, 0);
    Ints kernel;
    if (r.has(1)) {  // MaxPoolV2
        kernel = in.places(r.ints(1));
        const Ints strides = in.places(r.ints(2));
        Window w = window_over(r.b.shape(in.x), kernel, strides, Ints(kernel.size(), 1),
                               r.text("padding", "VALID") == "SAME" ? Padding::same : Padding::valid);
        return {in.back(pool_last(m, op, in.x, w))};
    }
    return {in.back(pool_last(m, op, in.x, in.window(in.spatial("ksize"))))};
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
