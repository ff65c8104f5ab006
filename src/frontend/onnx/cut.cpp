#include "frontend/onnx/cut.hpp"

#include "frontend/onnx/order.hpp"
#include "frontend/onnx/origin.hpp"
#include "ir/extract.hpp"

#include <algorithm>
#include <set>

namespace tinsmith {

using onnx::ValueInfo;

namespace {

struct Records {
    std::vector<std::string> origins;  // one for each node, in reading order
    std::vector<NamedTensor> tensors;
};

Records records_of(const onnx::Graph& graph, const std::vector<size_t>& order) {
    Records records;
    records.origins.reserve(graph.nodes.size());
    for (const ValueInfo& input : graph.inputs) records.tensors.push_back({input.name, {}});
    for (size_t index : order) {
        records.origins.push_back(origin_of(graph.nodes[index]));
        for (const std::string& name : graph.nodes[index].outputs)
            if (!name.empty()) records.tensors.push_back({name, records.origins.back()});
    }
    return records;
}

ValueInfo info_of(const onnx::Graph& graph, std::string_view name) {
    for (const auto* list : {&graph.outputs, &graph.inputs, &graph.values})
        for (const ValueInfo& info : *list)
            if (info.name == name) return info;
    ValueInfo bare;
    bare.name = name;
    return bare;
}

// Resolves the names of one option to tensors; false when one is not found.
bool resolve(const onnx::Graph& graph, const Records& records, const std::vector<std::string>& texts,
             std::vector<ValueInfo>& infos, std::map<std::string, std::string>& renames) {
    for (const std::string& text : texts) {
        CutName cut = parse_cut_name(text);
        auto found = find_named(records.tensors, cut.source);
        if (!found) return false;
        infos.push_back(info_of(graph, records.tensors[*found].tensor));
        auto [name, added] = renames.emplace(infos.back().name, cut.name);
        if (!added && name->second != cut.name) return false;  // one tensor under two names: extract() makes two ports of it
    }
    return true;
}

std::set<std::string> names_of(const std::vector<ValueInfo>& infos) {
    std::set<std::string> names;
    for (const ValueInfo& info : infos) names.insert(info.name);
    return names;
}

}  // namespace

Renames cut_graph(onnx::Graph& graph, const ReadOptions& options) {
    Renames renames;
    if (options.inputs.empty() && options.outputs.empty()) return renames;
    std::vector<size_t> order = reading_order(graph.nodes);
    Records records = records_of(graph, order);
    std::vector<ValueInfo> inputs, outputs;
    if (!resolve(graph, records, options.inputs, inputs, renames.names)) return {};
    if (!resolve(graph, records, options.outputs, outputs, renames.names)) return {};
    auto untyped = [](const ValueInfo& info) { return info.type == onnx::ElementType::undefined || !info.dims; };
    if (std::any_of(inputs.begin(), inputs.end(), untyped)) return {};
    if (outputs.empty()) outputs = graph.outputs;

    std::set<std::string> needed = names_of(outputs), given = names_of(inputs);
    std::vector<bool> keep(graph.nodes.size());
    for (size_t i = order.size(); i-- > 0;) {
        const onnx::Node& node = graph.nodes[order[i]];
        for (const std::string& name : node.outputs)
            keep[order[i]] = keep[order[i]] || (needed.contains(name) && !given.contains(name));
        if (keep[order[i]])
            for (std::string_view name : read_names(node)) needed.emplace(name);
    }
    std::vector<onnx::Node> nodes;
    for (size_t i = 0; i < keep.size(); ++i) {
        if (!keep[i]) continue;
        nodes.push_back(std::move(graph.nodes[i]));
        for (std::string& name : nodes.back().outputs)
            if (given.contains(name)) name.clear();  // another output of the node is needed; this one now comes from outside
    }
    std::string missing;
    for (const ValueInfo& input : graph.inputs) {
        bool initialised = std::any_of(graph.initializers.begin(), graph.initializers.end(),
                                       [&](const auto& t) { return t.name == input.name; });
        if (!needed.contains(input.name) || given.contains(input.name) || initialised) continue;
        if (options.inputs.empty() || options.values.contains(input.name))
            inputs.push_back(input);
        else
            missing += (missing.empty() ? "'" : ", '") + input.name + "'";
    }
    check(missing.empty(), "the outputs still need {}: name them in --inputs too, or cut elsewhere", missing);
    graph.nodes = std::move(nodes);
    graph.inputs = std::move(inputs);
    graph.outputs = std::move(outputs);
    renames.done = true;
    return renames;
}

}  // namespace tinsmith
