#include "format/torch/tree.hpp"

namespace tinsmith::torch {

namespace {

constexpr size_t most_leaves = 10'000;

// Keys of a dictionary in the order of its children; nothing for lists and tuples.
std::vector<std::string> keys_of(const Json& spec) {
    std::vector<std::string> keys;
    const std::string type =
        spec.contains("type") && spec["type"].is_string() ? spec["type"].get<std::string>() : std::string();
    if (type.find("dict") == type.npos && type.find("Dict") == type.npos) return keys;
    if (!spec.contains("context") || !spec["context"].is_string()) return keys;
    const Json context = Json::parse(spec["context"].get_ref<const std::string&>(), nullptr, false);
    if (!context.is_array()) return keys;
    for (const Json& key : context) keys.push_back(key.is_string() ? key.get<std::string>() : std::to_string(keys.size()));
    return keys;
}

void walk(const Json& spec, const std::string& path, bool named, std::vector<std::string>& leaves) {
    check(spec.is_object() && leaves.size() < most_leaves, "'out_spec' is no tree of results");
    const Json& children = list(spec, "children_spec");
    if (spec.contains("type") && spec["type"].is_null()) {
        leaves.push_back(named ? path : std::string());
        return;
    }
    const std::vector<std::string> keys = keys_of(spec);
    const bool dictionary = keys.size() == children.size() && !keys.empty();
    for (size_t i = 0; i < children.size(); ++i) {
        const std::string step = dictionary ? keys[i] : std::to_string(i);
        walk(children[i], path.empty() ? step : path + "." + step, named || dictionary, leaves);
    }
}

}  // namespace

std::vector<std::string> output_names(const Json& graph_module) {
    std::vector<std::string> leaves;
    if (!graph_module.contains("module_call_graph")) return leaves;
    const Json& calls = list(graph_module, "module_call_graph");
    for (const Json& call : calls) {
        if (!call.is_object() || text(call, "fqn") != "" || !call.contains("signature") || !call["signature"].is_object())
            continue;
        const Json& signature = call["signature"];
        if (!signature.contains("out_spec") || !signature["out_spec"].is_string()) return leaves;
        const Json spec = parse_json<Json>(signature["out_spec"].get_ref<const std::string&>());
        if (spec.is_array() && spec.size() == 2) walk(spec[1], "", false, leaves);
        return leaves;
    }
    return leaves;
}

}  // namespace tinsmith::torch
