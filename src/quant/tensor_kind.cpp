#include "quant/tensor_kind.hpp"

#include "op/activation.hpp"
#include "op/list.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith {

// The activation that is part of the node, or that the node is.
static std::string_view activation_of(const Node& node) {
    if (node.is(op::Relu)) return "relu";
    if (node.is(op::Relu6)) return "relu6";
    if (node.is(op::ReluN1To1)) return "relu_n1_to_1";
    const auto& attrs = node.op->attrs;
    const bool fuses = std::any_of(attrs.begin(), attrs.end(), [](const AttrSpec& spec) { return spec.name == "activation"; });
    return fuses && !node.is(op::LSTM) && !node.is(op::RNN) ? std::string_view(node.text("activation")) : "none";
}

std::optional<Range> activation_bounds(const Node& node) {
    const ActivationRange range = activation_range(activation_of(node));
    if (!std::isfinite(range.low) || !std::isfinite(range.high)) return std::nullopt;
    return Range{range.low, range.high};
}

static bool is_sum(TensorKind kind) { return kind == TensorKind::weighted || kind == TensorKind::sum; }

static bool adds_sums(const Node& node, const std::vector<TensorKind>& kinds) {
    return (node.is(op::Add) || node.is(op::Sub)) && (is_sum(kinds[node.inputs[0]]) || is_sum(kinds[node.inputs[1]]));
}

static TensorKind kind_of(const Node& node, const std::vector<TensorKind>& kinds) {
    if (activation_of(node) != "none") return TensorKind::activation;
    switch (node.op->quant) {
        case QuantRule::weighted_sum: return TensorKind::weighted;
        case QuantRule::same_as_input: {
            const TensorKind moved = kinds[node.inputs[0]];
            return moved == TensorKind::other ? TensorKind::activation : moved;
        }
        case QuantRule::free_range: return adds_sums(node, kinds) ? TensorKind::sum : TensorKind::activation;
        default: return TensorKind::activation;
    }
}

// A nonlinear function that is a node of its own.
static bool is_function(const Node& node) {
    return node.is(op::Sigmoid) || node.is(op::Tanh) || node.is(op::HardSwish) || node.is(op::Gelu) || node.is(op::LeakyRelu) ||
           node.is(op::Elu) || node.is(op::PRelu);
}

std::vector<TensorKind> tensor_kinds(const Graph& graph) {
    std::vector<TensorKind> kinds(graph.values.size(), TensorKind::other);
    const auto mark = [&](ValueId id, TensorKind kind) {
        if (graph.type(id).dtype == DType::f32 && !graph.is_constant(id)) kinds[id] = kind;
    };
    for (const Port& port : graph.inputs) mark(port.value, TensorKind::input);
    for (const Node& node : graph.nodes)
        for (ValueId id : node.outputs) mark(id, kind_of(node, kinds));
    for (const Node& node : graph.nodes)
        if (is_function(node) && is_sum(kinds[node.inputs[0]])) kinds[node.inputs[0]] = TensorKind::activation;
    for (const Port& port : graph.outputs) mark(port.value, TensorKind::output);
    return kinds;
}

Observer default_observer(TensorKind kind) { return is_sum(kind) ? Observer::percentile : Observer::minmax; }

}  // namespace tinsmith
