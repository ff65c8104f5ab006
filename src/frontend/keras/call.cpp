#include "frontend/keras/call.hpp"

#include "base/json.hpp"

namespace tinsmith::keras {

namespace {

constexpr int deepest = 32;
constexpr const char* mark = "@tensor";

using IsLayer = std::function<bool(const std::string&)>;

bool is_ref(const Json& v) {
    return v.is_array() && v.size() >= 3 && v.size() <= 4 && v[0].is_string() && v[1].is_number_integer() &&
           v[2].is_number_integer();
}

TensorRef ref_of(const Json& v) { return {v[0].get<std::string>(), v[1].get<int64_t>(), v[2].get<int64_t>()}; }

Json marked(Call& call, TensorRef ref) {
    call.tensors.push_back(std::move(ref));
    return Json{{mark, call.tensors.size() - 1}};
}

// Keras 2 writes a tensor as [layer, node, tensor], in keyword arguments like any other list.
Json keyword(Call& call, const Json& value, const IsLayer& is_layer, int depth = 0) {
    check(depth < deepest, "its arguments nest deeper than {} levels", deepest);
    if (is_ref(value) && value.size() == 3 && is_layer(value[0].get<std::string>())) return marked(call, ref_of(value));
    if (!value.is_array()) return value;
    if (value.size() == 3 && value[0].is_string() && value[0] == "_CONSTANT_VALUE") return value[2];
    Json out = Json::array();
    for (const Json& item : value) out.push_back(keyword(call, item, is_layer, depth + 1));
    return out;
}

// A positional argument of Keras 2: [layer, node, tensor, keywords], or a list of such.
Json positional(Call& call, const Json& value, const IsLayer& is_layer, int depth = 0) {
    check(depth < deepest, "its arguments nest deeper than {} levels", deepest);
    if (value.is_array() && value.size() >= 3 && value[0].is_string() && value[1].is_number_integer()) {
        if (value.size() == 4 && value[3].is_object())
            for (const auto& [key, item] : value[3].items())
                if (!call.kwargs.contains(key)) call.kwargs[key] = keyword(call, item, is_layer);
        if (value[0] == "_CONSTANT_VALUE") return value[2];
        check(is_ref(value), "an argument is {}", json_excerpt(value));
        return marked(call, ref_of(value));
    }
    check(value.is_array() || value.is_object(), "an argument is {}", json_excerpt(value));
    Json out = Json::array();
    for (const Json& item : value) out.push_back(positional(call, item, is_layer, depth + 1));
    return out;
}

// The tensors of positional arguments come first, whatever the order in which they are met.
Call read_call_2(const Json& node, const IsLayer& is_layer) {
    Call call;
    Json first = positional(call, node, is_layer);
    if (first.is_array() && first.size() == 1 && tensor_index(first[0])) first = first[0];
    call.args.push_back(std::move(first));
    return call;
}

Json value_3(Call& call, const Json& value, int depth = 0) {
    check(depth < deepest, "its arguments nest deeper than {} levels", deepest);
    if (value.is_object() && value.contains("class_name") && value["class_name"] == "__keras_tensor__") {
        const Json history = value.value("config", Json::object()).value("keras_history", Json());
        check(is_ref(history), "a tensor without a layer");
        return marked(call, ref_of(history));
    }
    if (!value.is_array() && !value.is_object()) return value;
    Json out = value;
    for (Json& item : out) item = value_3(call, item, depth + 1);
    return out;
}

Call read_call_3(const Json& node) {
    Call call;
    call.args = value_3(call, node.value("args", Json::array()));
    call.kwargs = value_3(call, node.value("kwargs", Json::object()));
    check(call.args.is_array() && call.kwargs.is_object(), "a call without a list of arguments");
    return call;
}

void collect(const Json& refs, std::vector<TensorRef>& out, int depth) {
    check(depth < deepest && (refs.is_array() || refs.is_object()), "'{}' names no output of a layer", json_excerpt(refs));
    if (is_ref(refs)) {
        out.push_back(ref_of(refs));
        return;
    }
    for (const Json& item : refs) collect(item, out, depth + 1);
}

}  // namespace

std::optional<size_t> tensor_index(const Json& value) {
    if (!value.is_object() || value.size() != 1 || !value.contains(mark)) return std::nullopt;
    const Json& index = value[mark];
    return index.is_number_unsigned() ? std::optional(index.get<size_t>()) : std::nullopt;
}

std::vector<Call> read_calls(const Json& inbound_nodes, const IsLayer& is_layer) {
    std::vector<Call> calls;
    check(inbound_nodes.is_array(), "'inbound_nodes' is no list");
    for (const Json& node : inbound_nodes) {
        if (node.is_object() && (node.contains("args") || node.contains("kwargs")))
            calls.push_back(read_call_3(node));
        else
            calls.push_back(read_call_2(node, is_layer));
    }
    return calls;
}

std::vector<TensorRef> read_refs(const Json& refs) {
    std::vector<TensorRef> out;
    collect(refs, out, 0);
    return out;
}

}  // namespace tinsmith::keras
