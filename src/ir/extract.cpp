#include "ir/extract.hpp"

#include "base/nearest.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

// "/layer1/layer1.0/conv/Conv", PyTorch's scope of a nested Sequential, is the path "layer1.0.conv.Conv": a part that begins with
// the one before it replaces it.
std::string module_path(std::string_view origin) {
    std::vector<std::string> parts;
    while (!origin.empty()) {
        size_t end = std::min(origin.find('/'), origin.size());
        std::string_view part = origin.substr(0, end);
        origin.remove_prefix(std::min(end + 1, origin.size()));
        if (part.empty()) continue;
        if (!parts.empty() && part.starts_with(parts.back() + "."))
            parts.back() = part;
        else
            parts.emplace_back(part);
    }
    std::string path;
    for (const std::string& part : parts) path += (path.empty() ? "" : ".") + part;
    return path;
}

// Every name that find_named would understand, for suggestions.
std::vector<std::string> all_names(const std::vector<NamedTensor>& tensors) {
    std::vector<std::string> names;
    for (const NamedTensor& t : tensors) {
        names.emplace_back(t.tensor);
        names.emplace_back(t.origin);
        std::string path = module_path(t.origin);
        for (size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.', dot + 1))
            names.push_back(path.substr(0, dot));
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

struct Names {
    std::vector<NamedTensor> tensors;
    std::vector<ValueId> values;  // same order
    void add(std::string_view tensor, std::string_view origin, ValueId value) {
        tensors.push_back({tensor, origin});
        values.push_back(value);
    }
};

Names names_of(const Graph& graph) {
    Names names;
    for (const Port& port : graph.inputs) names.add(port.name, {}, port.value);
    for (const Node& node : graph.nodes)
        for (ValueId id : node.outputs) names.add(graph.value(id).name, node.origin, id);
    for (const Port& port : graph.outputs) names.add(port.name, {}, port.value);
    return names;
}

ValueId lookup(const Names& names, const CutName& cut, std::string_view option) {
    auto found = find_named(names.tensors, cut.source);
    if (!found)
        fail(Fault::input, "{} names '{}', which is no tensor, node or module of the model; the nearest are {}", option,
             cut.source, nearest_names(cut.source, all_names(names.tensors)));
    return names.values[*found];
}

// What --inputs and --outputs name, found before anything is cut: the names belong to the graph as it was.
std::pair<std::vector<Port>, std::vector<Port>> find_ports(const Graph& graph, const std::vector<std::string>& inputs,
                                                           const std::vector<std::string>& outputs) {
    const Names names = names_of(graph);
    auto find_all = [&](const std::vector<std::string>& texts, std::string_view option) {
        std::vector<Port> ports;
        for (const std::string& text : texts) {
            CutName cut = parse_cut_name(text);
            ports.push_back({cut.name, lookup(names, cut, option), ""});
        }
        return ports;
    };
    return {find_all(inputs, "--inputs"), find_all(outputs, "--outputs")};
}

// The value as it arrives from outside: whoever read `value` reads the new one.
ValueId detach(Graph& graph, ValueId value) {
    ValueId fresh = graph.add_value(graph.value(value).name, graph.type(value));
    for (Node& node : graph.nodes) std::replace(node.inputs.begin(), node.inputs.end(), value, fresh);
    for (Port& port : graph.outputs)
        if (port.value == value) port.value = fresh;
    return fresh;
}

std::vector<bool> needed_values(const Graph& graph) {
    std::vector<bool> needed(graph.values.size());
    for (const Port& port : graph.outputs) needed[port.value] = true;
    for (size_t i = graph.nodes.size(); i-- > 0;) {
        const Node& node = graph.nodes[i];
        if (std::none_of(node.outputs.begin(), node.outputs.end(), [&](ValueId id) { return needed[id]; })) continue;
        for (ValueId id : node.inputs)
            if (id != no_value) needed[id] = true;
        for (ValueId id : node.outputs) needed[id] = true;
    }
    return needed;
}

}  // namespace

CutName parse_cut_name(const std::string& text) {
    size_t at = text.find('=');
    if (at == std::string::npos) return {text, text};
    check(at > 0 && at + 1 < text.size(), "'{}': expected new=old", text);
    return {text.substr(0, at), text.substr(at + 1)};
}

std::optional<size_t> find_named(const std::vector<NamedTensor>& tensors, std::string_view wanted) {
    for (size_t i = tensors.size(); i-- > 0;)
        if (tensors[i].tensor == wanted) return i;
    std::optional<size_t> found;
    for (size_t i = tensors.size(); i-- > 0 && !found;)
        if (!tensors[i].origin.empty() && tensors[i].origin == wanted) found = i;
    std::string_view inside = wanted;
    if (inside.ends_with("/*") || inside.ends_with(".*")) inside.remove_suffix(2);
    std::string module = module_path(inside);
    for (size_t i = tensors.size(); i-- > 0 && !found && !module.empty();) {
        std::string path = module_path(tensors[i].origin);
        if (path == module || path.starts_with(module + ".")) found = i;
    }
    // The first output of that node.
    while (found && *found > 0 && !tensors[*found].origin.empty() && tensors[*found - 1].origin == tensors[*found].origin &&
           tensors[*found - 1].origin.data() == tensors[*found].origin.data())
        --*found;
    return found;
}

void extract(Graph& graph, const std::vector<std::string>& inputs, const std::vector<std::string>& outputs) {
    if (inputs.empty() && outputs.empty()) return;
    supported(graph.states.empty(), "a model with states, which runs leave to each other, is not cut");
    auto [new_inputs, new_outputs] = find_ports(graph, inputs, outputs);
    if (!outputs.empty()) graph.outputs = std::move(new_outputs);
    std::vector<Port> old_inputs = graph.inputs;
    for (Port& input : new_inputs) {
        auto port = std::find_if(old_inputs.begin(), old_inputs.end(), [&](const Port& p) { return p.value == input.value; });
        if (port == old_inputs.end())
            input.value = detach(graph, input.value);
        else
            old_inputs.erase(port);
    }
    std::vector<bool> needed = needed_values(graph);
    if (inputs.empty()) {
        std::erase_if(graph.inputs, [&](const Port& port) { return !needed[port.value]; });
    } else {
        std::string missing;
        for (const Port& port : old_inputs)
            if (needed[port.value]) missing += (missing.empty() ? "'" : ", '") + port.name + "'";
        check(missing.empty(), "the outputs still need {}: name them in --inputs too, or cut elsewhere", missing);
        graph.inputs = std::move(new_inputs);
    }
    std::erase_if(graph.nodes, [&](const Node& node) {
        return std::none_of(node.outputs.begin(), node.outputs.end(), [&](ValueId id) { return needed[id]; });
    });
}

}  // namespace tinsmith
