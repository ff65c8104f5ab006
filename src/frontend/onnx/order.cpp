#include "frontend/onnx/order.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <queue>
#include <unordered_map>

namespace tinsmith {

namespace {

using Names = std::unordered_set<std::string_view>;

void add_free_names(const onnx::Graph& graph, Names& free);

void add_read_names(const onnx::Node& node, Names& read) {
    for (const std::string& name : node.inputs)
        if (!name.empty()) read.insert(name);
    for (const onnx::Attribute& attribute : node.attributes)
        for (const auto& graph : attribute.graphs) add_free_names(*graph, read);
}

void add_free_names(const onnx::Graph& graph, Names& free) {
    Names used, own;
    for (const auto& input : graph.inputs) own.insert(input.name);
    for (const auto& tensor : graph.initializers) own.insert(tensor.name);
    for (const auto& node : graph.nodes) {
        add_read_names(node, used);
        own.insert(node.outputs.begin(), node.outputs.end());
    }
    for (const auto& output : graph.outputs) used.insert(output.name);
    for (std::string_view name : used)
        if (!own.contains(name)) free.insert(name);
}

struct Edges {
    std::vector<std::vector<size_t>> reads;  // for each node, the nodes whose outputs it reads
    bool in_order = true;
};

Edges edges_of(const std::vector<onnx::Node>& nodes) {
    std::unordered_map<std::string_view, size_t> producer;
    for (size_t i = 0; i < nodes.size(); ++i)
        for (const std::string& name : nodes[i].outputs)
            if (!name.empty() && !producer.emplace(name, i).second)
                fail(Fault::input, "two nodes compute '{}': {} and {}", name, node_label(nodes[producer[name]]),
                     node_label(nodes[i]));
    Edges edges;
    edges.reads.resize(nodes.size());
    for (size_t i = 0; i < nodes.size(); ++i) {
        for (std::string_view name : read_names(nodes[i])) {
            auto found = producer.find(name);
            if (found == producer.end()) continue;
            edges.reads[i].push_back(found->second);
            edges.in_order = edges.in_order && found->second < i;
        }
    }
    return edges;
}

std::string cycle_text(const std::vector<onnx::Node>& nodes, const Edges& edges, const std::vector<size_t>& missing) {
    size_t at = 0;
    while (missing[at] == 0) ++at;
    std::vector<size_t> path;
    std::vector<bool> seen(nodes.size());
    while (!seen[at]) {
        seen[at] = true;
        path.push_back(at);
        for (size_t before : edges.reads[at])
            if (missing[before]) {
                at = before;
                break;
            }
    }
    std::string text = node_label(nodes[at]);
    size_t shown = 0;
    for (size_t i = path.size(); i-- > 0 && shown < 8; ++shown) {
        text += " -> " + node_label(nodes[path[i]]);
        if (path[i] == at) return text;
    }
    return text + " -> ...";
}

}  // namespace

Names read_names(const onnx::Node& node) {
    Names read;
    add_read_names(node, read);
    return read;
}

std::string node_label(const onnx::Node& node) {
    if (!node.name.empty()) return fmt::format("node '{}' ({})", node.name, node.op_type);
    const auto named =
        std::find_if(node.outputs.begin(), node.outputs.end(), [](const std::string& name) { return !name.empty(); });
    return fmt::format("the {} node that computes '{}'", node.op_type, named == node.outputs.end() ? "" : *named);
}

std::vector<size_t> reading_order(const std::vector<onnx::Node>& nodes) {
    Edges edges = edges_of(nodes);
    std::vector<size_t> order;
    order.reserve(nodes.size());
    if (edges.in_order) {
        for (size_t i = 0; i < nodes.size(); ++i) order.push_back(i);
        return order;
    }
    std::vector<size_t> missing(nodes.size());
    std::vector<std::vector<size_t>> readers(nodes.size());
    std::priority_queue<size_t, std::vector<size_t>, std::greater<>> ready;
    for (size_t i = 0; i < nodes.size(); ++i) {
        missing[i] = edges.reads[i].size();
        for (size_t before : edges.reads[i]) readers[before].push_back(i);
        if (missing[i] == 0) ready.push(i);
    }
    while (!ready.empty()) {
        size_t at = ready.top();
        ready.pop();
        order.push_back(at);
        for (size_t reader : readers[at])
            if (--missing[reader] == 0) ready.push(reader);
    }
    if (order.size() < nodes.size()) fail(Fault::input, "the nodes form a cycle: {}", cycle_text(nodes, edges, missing));
    return order;
}

}  // namespace tinsmith
