// The inputs and outputs of a model as the code of a package shows them.
#pragma once

#include "backend/packages/pixel_rule.hpp"
#include "ir/graph.hpp"

namespace tinsmith::packages {

struct PackagePort {
    std::string name;   // "input", or "input_0" where there are several
    std::string says;   // its name in the model, type and note, for a comment
    std::string ctype;  // of its elements: "int8_t"
    Type type;

    size_t elements() const { return static_cast<size_t>(type.elements()); }
};

// One model of a package. Variants of one firmware have names.
struct PackageModel {
    std::string variant;    // "tiny"; empty where there is but one
    std::string file_name;  // of the .tflite, beside the code or inside it
    Buffer file;            // its bytes
    std::vector<PackagePort> inputs, outputs;
    std::optional<PixelRule> pixels;  // where its one input takes an image
};

std::vector<PackagePort> package_ports(const Graph& graph, const std::vector<Port>& ports, std::string_view kind);

// Their #defines: ELEMENTS, SHAPE, RANK, SCALE, ZERO_POINT. `prefix`: "KWS" for KWS_INPUT_SCALE.
std::string port_macros(const PackagePort& port, std::string_view prefix);

}  // namespace tinsmith::packages
