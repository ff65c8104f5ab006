#include "quant/tensor_kind.hpp"

#include "op/list.hpp"

#include <algorithm>

namespace tinsmith {

static bool has_activation(const Node& node) {
    const auto& attrs = node.op->attrs;
    const bool can = std::any_of(attrs.begin(), attrs.end(), [](const AttrSpec& spec) { return spec.name == "activation"; });
    return can && node.text("activation") != "none";
}

static TensorKind kind_of(const Node& node) {
    if (has_activation(node)) return TensorKind::activation;
    switch (node.op->quant) {
        case QuantRule::weighted_sum: return TensorKind::weighted;
        case QuantRule::same_as_input: return TensorKind::moved;
        case QuantRule::free_range: return node.op->operands.size() == 1 ? TensorKind::activation : TensorKind::sum;
        default: return TensorKind::activation;
    }
}

std::vector<TensorKind> tensor_kinds(const Graph& graph) {
    std::vector<TensorKind> kinds(graph.values.size(), TensorKind::other);
    const auto mark = [&](ValueId id, TensorKind kind) {
        if (graph.type(id).dtype == DType::f32 && !graph.is_constant(id)) kinds[id] = kind;
    };
    for (const Node& node : graph.nodes)
        for (ValueId id : node.outputs) mark(id, kind_of(node));
    for (const Port& port : graph.outputs) mark(port.value, TensorKind::output);
    for (const Port& port : graph.inputs) mark(port.value, TensorKind::input);
    return kinds;
}

Observer default_observer(TensorKind) { return Observer::minmax; }

}  // namespace tinsmith
