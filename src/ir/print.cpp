#include "ir/builder.hpp"
#include "ir/text.hpp"

#include <charconv>
#include <cmath>

namespace tinsmith {

namespace {

// The shortest decimal that reads back as the same number; always recognisable as a real one.
template <class T>
std::string number(T value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
    char text[40];
    auto end = std::to_chars(text, text + sizeof text, value).ptr;
    std::string out(text, end);
    if (out.find_first_of(".e") == std::string::npos) out += ".0";
    return out;
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (static_cast<unsigned char>(c) < 32)
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        else
            out += c;
    }
    return out + '"';
}

template <class List, class Format>
std::string bracketed(const List& list, Format format) {
    std::string out = "[";
    for (size_t i = 0; i < list.size(); ++i) out += (i ? ", " : "") + format(list[i]);
    return out + "]";
}

std::string indented(const std::string& text) {
    std::string out;
    for (size_t at = 0; at < text.size();) {
        size_t end = text.find('\n', at);
        out += "  " + text.substr(at, end - at) + "\n";
        at = end + 1;
    }
    return out;
}

std::string attr_text(const Attr& attr, const PrintOptions& options) {
    struct {
        const PrintOptions& options;
        std::string operator()(bool v) const { return v ? "true" : "false"; }
        std::string operator()(int64_t v) const { return std::to_string(v); }
        std::string operator()(double v) const { return number(v); }
        std::string operator()(const std::string& v) const { return quoted(v); }
        std::string operator()(const Ints& v) const {
            return bracketed(v, [](int64_t x) { return std::to_string(x); });
        }
        std::string operator()(const Floats& v) const {
            return "f" + bracketed(v, [](double x) { return number(x); });
        }
        std::string operator()(const GraphRef& v) const {
            std::string inner = indented(print(*v, options));
            return inner.substr(2, inner.size() - 3);
        }
    } visitor{options};
    return std::visit(visitor, attr);
}

std::string constant_text(const Graph& graph, ValueId id, const PrintOptions& options) {
    const Value& value = graph.value(id);
    bool splat = !value.data->splat_element().empty();
    int64_t count = value.type.elements();
    if (count > options.max_constant && !splat) return "{...}";
    if (value.type.dtype == DType::i4) return "{...}";
    Graph one;  // a splat prints its one element
    const Value* shown = &value;
    if (splat && count > 1) {
        one.add_constant("", {value.type.dtype, {}, {}}, Buffer::copy_of(value.data->splat_element()));
        shown = &one.values[0];
    }
    Graph view;
    view.values.push_back(*shown);
    std::string body;
    if (is_float(shown->type.dtype))
        body = bracketed(view.constant_floats(0), [](float x) { return number(x); });
    else
        body = bracketed(view.constant_ints(0), [](int64_t x) { return std::to_string(x); });
    body = body.substr(1, body.size() - 2);
    return splat && count > 1 ? "splat{" + body + "}" : "{" + body + "}";
}

std::string type_text(const Type& type) {
    std::string out = to_string(type);
    if (!type.quant) return out;
    const Quant& q = *type.quant;
    out += " quant(scale=" + bracketed(q.scale, [](float x) { return number(x); });
    out += ", zero=" + bracketed(q.zero_point, [](int64_t x) { return std::to_string(x); });
    return out + fmt::format(", axis={})", q.axis);
}

std::string value_text(const Graph& graph, ValueId id) {
    const Value& value = graph.value(id);
    return fmt::format("%{}{}: {}", id, value.name.empty() ? "" : " " + quoted(value.name), type_text(value.type));
}

std::string operand_text(ValueId id) { return id == no_value ? "_" : fmt::format("%{}", id); }

std::string node_text(const Graph& graph, const Node& node, const PrintOptions& options) {
    std::string out;
    for (size_t i = 0; i < node.outputs.size(); ++i) out += (i ? ", " : "") + value_text(graph, node.outputs[i]);
    std::string operands = bracketed(node.inputs, operand_text);
    out += fmt::format(" = {}({})", node.op->name, operands.substr(1, operands.size() - 2));
    bool first = true;
    for (const auto& [name, attr] : node.attrs) {
        out += fmt::format("{}{}={}", first ? " {" : ", ", name, attr_text(attr, options));
        first = false;
    }
    if (!first) out += "}";
    if (!node.origin.empty()) out += " from " + quoted(node.origin);
    return out;
}

}  // namespace

std::string print(const Graph& graph, const Node& node) { return node_text(graph, node, {}); }

std::string print(const Graph& graph, const PrintOptions& options) {
    std::string out = "graph " + quoted(graph.name) + " {\n";
    for (const Port& port : graph.inputs) {
        out += fmt::format("  input {} = {}", quoted(port.name), value_text(graph, port.value));
        out += port.note.empty() ? "\n" : " note " + quoted(port.note) + "\n";
    }
    for (const State& state : graph.states) {
        Graph initial;
        initial.add_constant({}, graph.type(state.value), state.initial);
        out += fmt::format("  state {} = {} = {}\n", quoted(state.name), value_text(graph, state.value),
                           constant_text(initial, 0, options));
    }
    std::vector<bool> shown(graph.values.size(), false);
    auto show_constant = [&](ValueId id) {
        if (id == no_value || shown[id] || !graph.is_constant(id)) return;
        shown[id] = true;
        out += fmt::format("  const {} = {}\n", value_text(graph, id), constant_text(graph, id, options));
    };
    for (const Node& node : graph.nodes) {
        for (ValueId id : node.inputs) show_constant(id);
        out += "  " + node_text(graph, node, options) + "\n";
    }
    for (const Port& port : graph.outputs) show_constant(port.value);
    for (const State& state : graph.states) show_constant(state.next);
    for (const State& state : graph.states) out += fmt::format("  next {} = %{}\n", quoted(state.name), state.next);
    for (const Port& port : graph.outputs) {
        out += fmt::format("  output {} = %{}", quoted(port.name), port.value);
        out += port.note.empty() ? "\n" : " note " + quoted(port.note) + "\n";
    }
    return out + "}\n";
}

}  // namespace tinsmith
