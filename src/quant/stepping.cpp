#include "quant/stepping.hpp"

#include "run/session.hpp"

#include <algorithm>

namespace tinsmith {

Stepping::Stepping(const Graph& graph, const std::vector<std::vector<Buffer>>& inputs)
    : samples_(inputs.size()), computed_(graph.values.size()), readers_(graph.values.size(), 0) {
    for (const Node& node : graph.nodes)
        for (ValueId id : node.inputs)
            if (id != no_value && !graph.is_constant(id)) ++readers_[id];
    for (const Port& port : graph.outputs) ++readers_[port.value];
    for (size_t p = 0; p < graph.inputs.size(); ++p)
        for (const std::vector<Buffer>& sample : inputs) computed_[graph.inputs[p].value].push_back(sample[p]);
}

void Stepping::release(ValueId id) {
    if (id < readers_.size() && --readers_[id] == 0) computed_[id] = {};
}

void Stepping::step(const Graph& graph, const Node& node) {
    Graph alone;
    Node copy = node;
    std::vector<ValueId> read;  // by input of `alone`
    for (ValueId& id : copy.inputs) {
        if (id == no_value) continue;
        const Value& value = graph.value(id);
        if (value.is_constant()) {
            id = alone.add_constant(value.name, value.type, *value.data);
            continue;
        }
        const auto known = std::find(read.begin(), read.end(), id);
        const auto at = static_cast<size_t>(known - read.begin());
        if (known == read.end()) {
            read.push_back(id);
            alone.inputs.push_back({value.name, alone.add_value(value.name, value.type), {}});
        }
        id = alone.inputs[at].value;
    }
    for (ValueId& id : copy.outputs) {
        const std::string& name = graph.value(id).name;
        id = alone.add_value(name, graph.type(id));
        alone.outputs.push_back({name, id, {}});
    }
    alone.nodes.push_back(std::move(copy));
    const Session session(std::move(alone), {.runs = static_cast<int64_t>(samples_)});
    for (ValueId id : node.outputs) computed_[id].resize(samples_);
    std::vector<Buffer> inputs(read.size());
    for (size_t s = 0; s < samples_; ++s) {
        for (size_t i = 0; i < read.size(); ++i) inputs[i] = computed_[read[i]][s];
        const std::vector<Buffer> outputs = session.run(inputs);
        for (size_t o = 0; o < outputs.size(); ++o) computed_[node.outputs[o]][s] = outputs[o];
    }
    for (ValueId id : node.inputs)
        if (id != no_value && !graph.is_constant(id)) release(id);
}

}  // namespace tinsmith
