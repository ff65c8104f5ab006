#include "backend/c/ports.hpp"

#include "backend/c/identifiers.hpp"
#include "backend/c/values.hpp"

namespace tinsmith::c99 {

std::string port_name(std::string_view kind, size_t index, size_t count) {
    return count == 1 ? std::string(kind) : fmt::format("{}_{}", kind, index);
}

static std::vector<CPort> ports(const Graph& graph, const std::vector<Port>& list, std::string_view kind) {
    std::vector<CPort> out;
    for (size_t i = 0; i < list.size(); ++i) {
        const Type& type = graph.type(list[i].value);
        std::string says = fmt::format("{}: {}", list[i].name, to_string(type));
        if (!list[i].note.empty()) says += ", " + list[i].note;
        out.push_back({port_name(kind, i, list.size()), comment(says), std::string(c_type(type.dtype)), type, list[i].value});
    }
    return out;
}

std::string CPort::macro(std::string_view prefix) const { return upper_case(fmt::format("{}_{}", prefix, name)); }

std::vector<CPort> inputs_of(const PlannedModel& model) { return ports(model.graph(), model.graph().inputs, "input"); }
std::vector<CPort> outputs_of(const PlannedModel& model) { return ports(model.graph(), model.graph().outputs, "output"); }

std::string comment(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool ends = !out.empty() && ((out.back() == '*' && c == '/') || (out.back() == '/' && c == '*'));
        if (ends) out += ' ';
        out += static_cast<unsigned char>(c) < 32 || c == '\\' ? ' ' : c;
    }
    return out;
}

}  // namespace tinsmith::c99
