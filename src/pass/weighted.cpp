#include "pass/weighted.hpp"

#include "op/list.hpp"

#include <array>

namespace tinsmith {

namespace {

struct OutAxis {
    const OpDef* op;
    size_t axis;
};

constexpr std::array layouts{OutAxis{&op::Conv, 0},          OutAxis{&op::DepthwiseConv, 3}, OutAxis{&op::FullyConnected, 0},
                             OutAxis{&op::ConvTranspose, 0}, OutAxis{&op::Conv3D, 4},        OutAxis{&op::ConvTranspose3D, 3}};

}  // namespace

std::optional<Weighted> weighted(const Graph& graph, const Node& node) {
    for (const OutAxis& layout : layouts) {
        if (node.op != layout.op) continue;
        ValueId weights = node.input(1), bias = node.input(2);
        if (!graph.is_constant(weights) || graph.type(weights).dtype != DType::f32) return std::nullopt;
        if (bias != no_value && !graph.is_constant(bias)) return std::nullopt;
        return Weighted{node.inputs[0], weights, bias, layout.axis, graph.type(weights).shape[layout.axis]};
    }
    return std::nullopt;
}

ValueId along(Builder& b, ValueId scale, size_t axis, size_t rank) {
    Shape shape(rank, 1);
    shape[axis] = b.type(scale).elements();
    return b.add(op::Reshape, {scale}, {{"shape", shape}});
}

ValueId as_vector(Builder& b, ValueId constant, int64_t channels) {
    ValueId flat = b.add(op::Reshape, {constant}, {{"shape", Shape{b.type(constant).elements()}}});
    if (b.type(flat).elements() == channels) return flat;
    return b.add(op::Mul, {flat, b.splat(1, {DType::f32, {channels}, {}})});
}

}  // namespace tinsmith
