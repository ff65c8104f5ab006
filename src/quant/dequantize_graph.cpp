#include "quant/dequantize_graph.hpp"

#include "ir/builder.hpp"
#include "ir/verify.hpp"
#include "op/list.hpp"
#include "quant/stored.hpp"

#include <algorithm>
#include <map>

namespace tinsmith {

namespace {

bool converts(const Node& node) { return node.is(op::Quantize) || node.is(op::Dequantize); }

bool stands_for_reals(const Type& type) { return is_integer(type.dtype) && type.quant.has_value(); }

Buffer real_numbers(const Graph& graph, ValueId id) {
    const Type& type = graph.type(id);
    const Quant& q = *type.quant;
    const std::vector<int64_t> stored = graph.constant_ints(id);
    size_t inner = 1;
    for (size_t d = static_cast<size_t>(q.axis + 1); q.axis >= 0 && d < type.shape.size(); ++d)
        inner *= static_cast<size_t>(type.shape[d]);
    std::vector<float> out(stored.size());
    for (size_t i = 0; i < out.size(); ++i) {
        const size_t channel = q.axis < 0 ? 0 : i / inner % q.scale.size();
        out[i] = q.scale[channel] * static_cast<float>(stored[i] - q.zero_point[channel]);
    }
    return Buffer::of(std::move(out));
}

// A layer whose smallest integer stands for zero rectifies by saturating.
bool rectifies(const Graph& graph, const Node& node) {
    const auto& attrs = node.op->attrs;
    if (node.outputs.size() != 1 || !stands_for_reals(graph.type(node.outputs[0]))) return false;
    if (std::none_of(attrs.begin(), attrs.end(), [](const AttrSpec& a) { return a.name == "activation"; })) return false;
    const Type& y = graph.type(node.outputs[0]);
    return node.text("activation") == "none" && y.quant->zero_point[0] == integer_bounds(y.dtype).low;
}

void refuse_needing_integers(const Graph& graph, const Node& node) {
    const bool reads = std::any_of(node.inputs.begin(), node.inputs.end(),
                                   [&](ValueId id) { return id != no_value && stands_for_reals(graph.type(id)); });
    const bool nested = std::any_of(node.attrs.begin(), node.attrs.end(),
                                    [](const auto& attr) { return std::holds_alternative<GraphRef>(attr.second); });
    if (reads && (nested || node.is(op::Cast)))
        fail(Fault::unsupported, "{} '{}' works on the stored integers themselves, which floats cannot replace", node.op->name,
             node.origin);
}

}  // namespace

DType integers_of(const Graph& graph) {
    std::map<DType, int> count;
    for (const Node& node : graph.nodes)
        if (!converts(node) && is_quantised(graph, node)) ++count[graph.type(node.inputs[0]).dtype];
    return std::max_element(count.begin(), count.end(), [](auto& a, auto& b) { return a.second < b.second; })->first;
}

Graph dequantized(Graph graph) {
    for (Node& node : graph.nodes) {
        refuse_needing_integers(graph, node);
        if (rectifies(graph, node)) node.attrs.set("activation", std::string("relu"));
    }
    for (State& state : graph.states)
        if (stands_for_reals(graph.type(state.value))) {
            Graph alone;
            const ValueId initial = alone.add_constant({}, graph.type(state.value), state.initial);
            state.initial = real_numbers(alone, initial);
        }
    for (ValueId id = 0; id < graph.values.size(); ++id) {
        Value& value = graph.values[id];
        if (!stands_for_reals(value.type)) continue;
        if (value.data) value.data = real_numbers(graph, id);
        value.type = {DType::f32, value.type.shape, {}};
    }
    std::vector<ValueId> same(graph.values.size());
    for (ValueId id = 0; id < same.size(); ++id) same[id] = id;
    std::vector<Node> nodes;
    for (Node& node : graph.nodes) {
        for (ValueId& id : node.inputs)
            if (id != no_value) id = same[id];
        if (converts(node) && graph.type(node.inputs[0]).dtype == DType::f32)
            same[node.outputs[0]] = node.inputs[0];
        else
            nodes.push_back(std::move(node));
    }
    graph.nodes = std::move(nodes);
    for (Port& port : graph.outputs) port.value = same[port.value];
    for (State& state : graph.states) state.next = same[state.next];
    verify(graph);
    return graph;
}

}  // namespace tinsmith
