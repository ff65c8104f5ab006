#include "plan/overlap.hpp"

#include "op/list.hpp"
#include "op/window.hpp"

#include <algorithm>

namespace tinsmith {

ValueId same_bytes(const Graph& graph, const Node& node) {
    if (!node.is(op::Reshape) || graph.is_constant(node.inputs[0])) return no_value;
    return graph.type(node.inputs[0]).bytes() == graph.type(node.outputs[0]).bytes() ? node.inputs[0] : no_value;
}

// y[i] is written after x[i] was read, in ascending order: wider elements of y must not catch up with those of x.
static std::optional<size_t> elementwise_distance(const Type& x, const Type& y) {
    if (x.shape != y.shape) return std::nullopt;
    const size_t in = x.bytes(), out = y.bytes();
    return out > in ? out - in : 0;
}

static bool is_elementwise(const Node& node) {
    return node.op->elementwise || node.is(op::Quantize) || node.is(op::Dequantize);
}

namespace {

struct Window {
    Ints kernel;
    bool depthwise = false;
};

}  // namespace

static std::optional<Window> window_of_node(const Graph& graph, const Node& node) {
    const bool depthwise = node.is(op::DepthwiseConv);
    if (depthwise || node.is(op::Conv)) {
        const Shape& weights = graph.type(node.inputs[1]).shape;
        return Window{{weights[1], weights[2]}, depthwise};
    }
    if (node.is(op::MaxPool) || node.is(op::AveragePool))
        if (const Ints& kernel = node.ints("kernel"); kernel.size() == 2) return Window{kernel, false};
    return std::nullopt;
}

// After the piece of output that ends at byte `end` is begun, no input below the lowest row and column of its window is read again.
static std::optional<size_t> window_distance(const Graph& graph, const Node& node, const Window& window, Traversal traversal) {
    const Type &x = graph.type(node.inputs[0]), &y = graph.type(node.outputs[0]);
    if (x.rank() != 4 || x.elements() == 0 || y.elements() == 0) return std::nullopt;
    const WindowAttrs attrs = WindowAttrs::of(node, 2, window.kernel);
    const auto row_in = static_cast<int64_t>(x.bytes()) / (x.shape[0] * x.shape[1]), pixel_in = row_in / x.shape[2];
    const auto row_out = static_cast<int64_t>(y.bytes()) / (y.shape[0] * y.shape[1]), pixel_out = row_out / y.shape[2];
    const bool pixels = traversal == Traversal::pixels;
    int64_t distance = 0;
    for (int64_t b = 0; b < y.shape[0]; ++b)
        for (int64_t oy = 0; oy < y.shape[1]; ++oy) {
            const int64_t iy = std::clamp<int64_t>(oy * attrs.strides[0] - attrs.pads[0], 0, x.shape[1]);
            const int64_t read = (b * x.shape[1] + iy) * row_in, written = (b * y.shape[1] + oy) * row_out;
            if (!pixels) distance = std::max(distance, written + row_out - read);
            const int64_t next = std::clamp<int64_t>((oy + 1) * attrs.strides[0] - attrs.pads[0], 0, x.shape[1]);
            for (int64_t ox = 0; pixels && ox < y.shape[2]; ++ox) {
                const int64_t ix = std::clamp<int64_t>(ox * attrs.strides[1] - attrs.pads[1], 0, x.shape[2]);
                int64_t lowest = read + ix * pixel_in;
                if (oy + 1 < y.shape[1])
                    lowest = std::min(lowest, (b * x.shape[1] + next) * row_in);  // begins at its left again
                distance = std::max(distance, written + (ox + 1) * pixel_out - lowest);
            }
        }
    return static_cast<size_t>(std::min<int64_t>(distance, static_cast<int64_t>(y.bytes())));
}

std::optional<size_t> overlap_distance(const Graph& graph, const Node& node, size_t operand, const PlanOptions& options) {
    if (node.outputs.size() != 1) return std::nullopt;
    if (is_elementwise(node))
        return options.in_place ? elementwise_distance(graph.type(node.inputs[operand]), graph.type(node.outputs[0]))
                                : std::nullopt;
    const auto window = window_of_node(graph, node);
    if (!window || operand != 0) return std::nullopt;
    const Traversal traversal = window->depthwise ? options.depthwise : options.windows;
    return traversal == Traversal::unknown ? std::nullopt : window_distance(graph, node, *window, traversal);
}

}  // namespace tinsmith
