// A library of Arduino: library.properties, keywords, an example sketch.
#include "backend/c/identifiers.hpp"
#include "backend/packages/forms.hpp"
#include "backend/packages/templates.hpp"

#include <fmt/ranges.h>

namespace tinsmith::packages {

namespace {

// The sketch's own arrays: what it fills and what it prints.
struct SketchText {
    std::string arrays, arguments, fill, print;
};

std::string print_text(const std::string& ctype, const std::string& elements, const std::string& from) {
    // Bytes are numbers here, no characters.
    const bool narrow = ctype == "int8_t" || ctype == "uint8_t";
    return fmt::format(
        "    for (size_t i = 0; i < {}; ++i) {{\n        Serial.print({}{}[i]{});\n        Serial.print(' ');\n    }}\n",
        elements, narrow ? "static_cast<int>(" : "", from, narrow ? ")" : "");
}

SketchText tflm_text(const Packaged& package) {
    const PackageModel& model = package.models[0];
    SketchText out;
    std::vector<std::string> arguments;
    const auto array = [&](const std::string& ctype, const PackagePort& port) {
        size_t elements = 0;
        for (const PackageModel& each : package.models)
            for (const auto* ports : {&each.inputs, &each.outputs})
                for (const PackagePort& other : *ports)
                    if (other.name == port.name) elements = std::max(elements, other.elements());
        out.arrays += fmt::format("static {} {}[{}];\n", ctype, port.name, elements);
        arguments.push_back(port.name);
        return elements;
    };
    for (const PackagePort& input : model.inputs) {
        array(model.pixels ? "uint8_t" : input.ctype, input);
        out.fill +=
            fmt::format("    // Fill `{}` here ({}).\n", input.name,
                        model.pixels ? fmt::format("{} x {} pixels", model.pixels->width, model.pixels->height) : input.says);
    }
    for (const PackagePort& output : model.outputs)
        out.print += print_text(output.ctype, std::to_string(array(output.ctype, output)), output.name);
    out.arguments = fmt::format("{}", fmt::join(arguments, ", "));
    return out;
}

SketchText c_text(const Packaged& package) {
    const PackageModel& model = package.models[0];
    const std::string upper = c99::upper_case(package.name);
    SketchText out;
    for (const PackagePort& input : model.inputs)
        out.fill += fmt::format("    // Fill `{0}_{1}(&{0}_memory)` here ({2}).\n", package.name, input.name, input.says);
    for (const PackagePort& output : model.outputs)
        out.print += print_text(output.ctype, fmt::format("{}_{}_ELEMENTS", upper, c99::upper_case(output.name)),
                                fmt::format("{0}_{1}(&{0}_memory)", package.name, output.name));
    return out;
}

}  // namespace

std::vector<PackageFile> arduino_files(const Packaged& package) {
    const SketchText sketch = package.tflm ? tflm_text(package) : c_text(package);
    const Values values{{"made_by", package.made_by},
                        {"name", package.name},
                        {"version", package.version},
                        {"upper", c99::upper_case(package.name)},
                        {"kind", package.tflm ? "TensorFlow Lite Micro" : "C99 without a runtime"},
                        {"depends", package.tflm ? "depends=Arduino_TensorFlowLite\n" : ""},
                        {"run", run_function(package.name)},
                        {"arrays", sketch.arrays},
                        {"arguments", sketch.arguments},
                        {"fill", sketch.fill},
                        {"print", sketch.print}};
    return {{"library.properties", filled("arduino_library", values)},
            {fmt::format("examples/{0}/{0}.ino", package.name),
             filled(package.tflm ? "arduino_sketch_tflm" : "arduino_sketch_c", values)}};
}

}  // namespace tinsmith::packages
