#include "backend/packages/ports.hpp"

#include "backend/c/identifiers.hpp"
#include "backend/c/ports.hpp"
#include "backend/c/values.hpp"

#include <fmt/ranges.h>

namespace tinsmith::packages {

// In decimal, so that C++ before 2017 reads it too; the shortest that is the same float.
static std::string float_literal(float value) {
    std::string text = fmt::format("{}", value);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text + "f";
}

std::vector<PackagePort> package_ports(const Graph& graph, const std::vector<Port>& ports, std::string_view kind) {
    std::vector<PackagePort> out;
    for (size_t i = 0; i < ports.size(); ++i) {
        const Type& type = graph.type(ports[i].value);
        std::string says = fmt::format("{}: {}", ports[i].name, to_string(type));
        if (!ports[i].note.empty()) says += ", " + ports[i].note;
        out.push_back({ports.size() == 1 ? std::string(kind) : fmt::format("{}_{}", kind, i), c99::comment(says),
                       std::string(c99::c_type(type.dtype)), type});
    }
    return out;
}

std::string port_macros(const PackagePort& port, std::string_view prefix) {
    const std::string macro = c99::upper_case(fmt::format("{}_{}", prefix, port.name));
    std::string out = fmt::format("/* {} */\n#define {}_ELEMENTS {}\n", port.says, macro, port.elements());
    if (port.type.rank() > 0)
        out += fmt::format("#define {}_SHAPE {{{}}}\n#define {}_RANK {}\n", macro, fmt::join(port.type.shape, ", "), macro,
                           port.type.rank());
    if (port.type.quant && port.type.quant->scale.size() == 1) {
        const int64_t zero = port.type.quant->zero_point[0];
        out += fmt::format("#define {}_SCALE {}\n#define {}_ZERO_POINT {}\n", macro, float_literal(port.type.quant->scale[0]),
                           macro, zero < 0 ? fmt::format("({})", zero) : fmt::format("{}", zero));
    }
    return out;
}

}  // namespace tinsmith::packages
