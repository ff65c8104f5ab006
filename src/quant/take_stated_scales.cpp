#include "quant/take_stated_scales.hpp"

#include "ir/builder.hpp"
#include "op/list.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

bool moves(const Node& node) { return node.op->quant == QuantRule::same_as_input && node.outputs.size() == 1; }

Stored stated_by(const Type& type) {
    Stored stored{type.dtype, *type.quant};
    if (stored.dtype == DType::u8) {
        stored.dtype = DType::i8;
        stored.quant.zero_point[0] -= 128;
    }
    return stored;
}

class Taking {
public:
    explicit Taking(Graph& graph) : graph_(graph), stated_(graph.values.size()), float_of_(graph.values.size(), no_value) {}

    StatedScales run() {
        find_storable();
        for (const Port& port : graph_.inputs) take_input(port.value);
        std::vector<Node> nodes;
        for (Node& node : graph_.nodes) {
            const ValueId x = node.input(0);
            if (node.is(op::Quantize) && storable_[node.outputs[0]]) {
                float_of_[node.outputs[0]] = as_float(x);
                state(as_float(x), stated_by(graph_.type(node.outputs[0])));
                continue;
            }
            if (node.is(op::Dequantize) && float_of_[x] != no_value) {
                float_of_[node.outputs[0]] = float_of_[x];
                continue;
            }
            const bool moved = moves(node) && storable_[node.outputs[0]] && float_of_[x] != no_value;
            if (moved) state(node.outputs[0], stated_by(graph_.type(node.outputs[0])));
            for (ValueId& id : node.inputs) id = as_float(id);
            if (moved) {
                graph_.values[node.outputs[0]].type = {DType::f32, graph_.type(node.outputs[0]).shape, {}};
                float_of_[node.outputs[0]] = node.outputs[0];
            }
            nodes.push_back(std::move(node));
        }
        graph_.nodes = std::move(nodes);
        for (Port& port : graph_.outputs) port.value = as_float(port.value);
        return std::move(stated_);
    }

private:
    ValueId as_float(ValueId id) const { return id != no_value && float_of_[id] != no_value ? float_of_[id] : id; }

    // An input of stored integers is one of real numbers on their lattice.
    void take_input(ValueId id) {
        if (!storable_[id]) return;
        state(id, stated_by(graph_.type(id)));
        graph_.values[id].type = {DType::f32, graph_.type(id).shape, {}};
        float_of_[id] = id;
    }

    void state(ValueId id, Stored stored) {
        if (!stated_[id]) stated_[id] = std::move(stored);
    }

    // Stored integers that only Dequantize, outputs and moving operators on one operand read: from the last node to the first.
    void find_storable() {
        storable_.assign(graph_.values.size(), false);
        const auto one_scale = [&](ValueId id) {
            const Type& type = graph_.type(id);
            return is_quantised(type) && type.quant->axis < 0 && (type.dtype != DType::i16 || type.quant->zero_point[0] == 0);
        };
        for (const Port& port : graph_.inputs) storable_[port.value] = one_scale(port.value);
        for (const Node& node : graph_.nodes)
            for (ValueId id : node.outputs) storable_[id] = (node.is(op::Quantize) || moves(node)) && one_scale(id);
        for (auto node = graph_.nodes.rbegin(); node != graph_.nodes.rend(); ++node)
            for (size_t i = 0; i < node->inputs.size(); ++i) {
                const ValueId id = node->inputs[i];
                if (id == no_value || node->is(op::Dequantize)) continue;
                const bool moved =
                    moves(*node) && i == 0 && storable_[node->outputs[0]] && node->op->operands[0].variadic == false;
                if (!moved) storable_[id] = false;
            }
    }

    Graph& graph_;
    StatedScales stated_;
    std::vector<bool> storable_;
    std::vector<ValueId> float_of_;  // by stored value
};

Observation stated_range(Range range) {
    Observation out;
    out.range = out.seen = range;
    return out;
}

}  // namespace

StatedScales take_stated_scales(Graph& graph) { return Taking(graph).run(); }

Ranges ranges_of(const Graph& graph, const StatedScales& stated) {
    Ranges ranges;
    ranges.method = "stated";
    ranges.tensors.resize(graph.values.size());
    for (ValueId id = 0; id < stated.size(); ++id)
        if (stated[id]) ranges.tensors[id] = stated_range(stated[id]->covers());
    const auto known = [&](ValueId id) { return id != no_value && ranges.tensors[id].has_value(); };
    const auto carry = [&](const Node& node) {
        if (node.inputs.empty() || node.outputs.empty()) return;
        const ValueId x = node.inputs[0], y = node.outputs[0];
        if (const auto fixed = fixed_output(*node.op, DType::i8); fixed && !known(y))
            ranges.tensors[y] = stated_range(fixed->covers());
        if (node.op->quant != QuantRule::same_as_input) return;
        if (known(x))
            for (ValueId id : node.outputs)
                if (!known(id)) ranges.tensors[id] = ranges.tensors[x];
        // A mean of few is narrower than what it is the mean of.
        const bool averages = node.is(op::AveragePool) || node.is(op::ResizeBilinear);
        if (!averages && !known(x) && known(y) && x != no_value && !graph.is_constant(x)) ranges.tensors[x] = ranges.tensors[y];
    };
    for (const Node& node : graph.nodes) carry(node);
    std::for_each(graph.nodes.rbegin(), graph.nodes.rend(), carry);
    return ranges;
}

}  // namespace tinsmith
