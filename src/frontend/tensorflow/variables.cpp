#include "frontend/tensorflow/variables.hpp"

#include <algorithm>
#include <unordered_map>

namespace tinsmith::tensorflow {

namespace {

// "node:output:0", "node:1", "node" without what follows the node's name.
std::string_view node_of(std::string_view input) { return input.substr(0, input.find(':')); }

size_t output_of(std::string_view input) {
    const size_t colon = input.rfind(':');
    size_t out = 0;
    if (colon != std::string_view::npos)
        for (char c : input.substr(colon + 1)) out = c >= '0' && c <= '9' ? out * 10 + static_cast<size_t>(c - '0') : 0;
    return out;
}

using Nodes = std::unordered_map<std::string_view, const Node*>;

Nodes by_name(const std::vector<Node>& nodes) {
    Nodes out;
    for (const Node& node : nodes) out.emplace(node.name, &node);
    return out;
}

bool passes_on(const Node& node) {
    return (node.op == "Identity" || node.op == "IdentityN" || node.op == "Cast") && !node.inputs.empty();
}

const Node* find(const Nodes& nodes, std::string_view input) {
    auto found = nodes.find(node_of(input));
    return found == nodes.end() ? nullptr : found->second;
}

// The strings of the constant that `input` names.
std::vector<std::string_view> strings_of(const Nodes& nodes, std::string_view input, const Buffer& file) {
    const Node* node = find(nodes, input);
    for (int hops = 0; node && passes_on(*node) && hops < 8; ++hops) node = find(nodes, node->inputs[0]);
    const Attribute* value = node && node->op == "Const" ? node->attribute("value") : nullptr;
    if (!value) return {};
    return decode_tensor(decode_attribute(value->value, file).tensor, file).strings;
}

// What each output of a RestoreV2 is.
std::vector<Restored> restored(const Nodes& nodes, const Node& restore, const Buffer& file) {
    std::vector<Restored> out;
    for (std::string_view key : strings_of(nodes, restore.inputs[1], file)) out.push_back({std::string(key), {}});
    if (restore.inputs.size() < 3) return out;
    const std::vector<std::string_view> parts = strings_of(nodes, restore.inputs[2], file);
    for (size_t i = 0; i < std::min(out.size(), parts.size()); ++i) out[i].part = parts[i];
    return out;
}

// Calls `found` with the input that names the assigned variable, and what it gets.
template <class Found>
void assignments(const std::vector<Node>& list, const Buffer& file, Found found) {
    const Nodes nodes = by_name(list);
    std::unordered_map<const Node*, std::vector<Restored>> keys;
    for (const Node& node : list) {
        if ((node.op != "AssignVariableOp" && node.op != "Assign") || node.inputs.size() < 2) continue;
        std::string_view input = node.inputs[1];
        const Node* source = find(nodes, input);
        for (int hops = 0; source && passes_on(*source) && hops < 8; ++hops) {
            input = source->inputs[0];
            source = find(nodes, input);
        }
        if (!source || source->op != "RestoreV2" || source->inputs.size() < 2) continue;
        auto [names, added] = keys.try_emplace(source);
        if (added) names->second = restored(nodes, *source, file);
        if (const size_t i = output_of(input); i < names->second.size()) found(node.inputs[0], names->second[i]);
    }
}

// Which of a function's inputs it assigns, and the key of each value.
using RestoredInputs = std::vector<std::pair<size_t, Restored>>;
RestoredInputs restored_inputs(Bytes body, const Buffer& file) {
    const std::string_view bytes(reinterpret_cast<const char*>(body.data()), body.size());
    if (bytes.find("RestoreV2") == std::string_view::npos) return {};
    RestoredInputs out;
    const Function function = decode_function(body, file);
    assignments(function.nodes, file, [&](std::string_view variable, const Restored& key) {
        for (size_t i = 0; i < function.inputs.size(); ++i)
            if (function.inputs[i].name == node_of(variable)) out.emplace_back(i, key);
    });
    return out;
}

}  // namespace

RestoredKeys restored_keys(const GraphDef& graph) {
    RestoredKeys keys;
    assignments(graph.nodes, graph.file,
                [&](std::string_view variable, const Restored& key) { keys.emplace(node_of(variable), key); });
    std::unordered_map<std::string_view, RestoredInputs> of_functions;
    for (const Node& node : graph.nodes) {
        if (node.op != "StatefulPartitionedCall" && node.op != "PartitionedCall") continue;
        const Attribute* f = node.attribute("f");
        auto body = f ? graph.functions.find(decode_attribute(f->value, graph.file).text) : graph.functions.end();
        if (body == graph.functions.end()) continue;
        auto [inputs, added] = of_functions.try_emplace(body->first);
        if (added) inputs->second = restored_inputs(body->second, graph.file);
        for (const auto& [input, key] : inputs->second)
            if (input < node.inputs.size()) keys.emplace(node_of(node.inputs[input]), key);
    }
    return keys;
}

Variables::Variables(std::string folder, const GraphDef& graph) : folder_(std::move(folder)), keys_(restored_keys(graph)) {}

Restored Variables::key_of(const Resource& variable) {
    if (auto found = keys_.find(variable.node); found != keys_.end()) return found->second;
    if (checkpoint_->has(variable.name)) return {variable.name, {}};
    auto key = checkpoint_->key_of(variable.name);
    check(key.has_value(), "the checkpoint in '{}' has no value of the variable '{}'", folder_, variable.name);
    return {*key, {}};
}

Tensor Variables::value(const Resource& variable) {
    check(!folder_.empty(),
          "the value of the variable '{}' is not in the file: freeze the graph, or give the SavedModel's folder",
          variable.name);
    if (!checkpoint_) checkpoint_ = std::make_unique<Checkpoint>(folder_ + "/variables");
    return within(fmt::format("variable '{}'", variable.name), [&] {
        const Restored from = key_of(variable);
        return from.part.empty() ? checkpoint_->tensor(from.key) : checkpoint_->tensor(from.key, from.part);
    });
}

}  // namespace tinsmith::tensorflow
