// A library of Arduino: library.properties, keywords, an example sketch.
#include "backend/c/identifiers.hpp"
#include "backend/packages/forms.hpp"
#include "backend/packages/templates.hpp"

#include <fmt/ranges.h>

namespace tinsmith::packages {

namespace {

// The sketch's own arrays: what it fills and what it prints.
struct SketchText {
    std::string arrays, fill, print;
    std::string include, init, test, run;  // the header; calls: once, the self-test, for each image
};

std::string print_text(const std::string& ctype, const std::string& elements, const std::string& from) {
    // Bytes are numbers here, no characters.
    const bool narrow = ctype == "int8_t" || ctype == "uint8_t";
    return fmt::format(
        "    for (size_t i = 0; i < {}; ++i) {{\n        Serial.print({}{}[i]{});\n        Serial.print(' ');\n    }}\n",
        elements, narrow ? "static_cast<int>(" : "", from, narrow ? ")" : "");
}

constexpr std::string_view print_class =
    "    Serial.print(static_cast<long>(found.class_index));\n    Serial.print(' ');\n"
    "    Serial.print(static_cast<long>(found.similarity));\n";

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
    if (!package.classify.empty()) {
        out.arrays += "static embhd_result_t found;\n";
        out.include = "embhd_pipeline.h";
        out.init = "embhd_pipeline_init()";
        out.run = fmt::format("{}({}, &found)", package.classify, arguments.at(0));
        out.print = print_class;
        return out;
    }
    for (const PackagePort& output : model.outputs)
        out.print += print_text(output.ctype, std::to_string(array(output.ctype, output)), output.name);
    out.include = package.name + ".h";
    out.init = fmt::format("tflite_init_{}()", package.name);
    out.run = fmt::format("{}({})", run_function(package.name), fmt::join(arguments, ", "));
    return out;
}

SketchText c_text(const Packaged& package) {
    const PackageModel& model = package.models[0];
    const std::string upper = c99::upper_case(package.name);
    SketchText out;
    for (const PackagePort& input : model.inputs)
        out.fill += fmt::format("    // Fill `{0}_{1}(&{0}_memory)` here ({2}).\n", package.name, input.name, input.says);
    const auto call = [&](std::string_view function) { return fmt::format("{}(&{}_memory)", function, package.name); };
    if (!package.classify.empty()) {
        out.include = "embhd_pipeline.h";
        out.init = call("embhd_pipeline_init");
        out.test = call("embhd_pipeline_self_test");
        out.run = "const embhd_result_t found = " + call("embhd_pipeline_run");
        out.print = print_class;
        return out;
    }
    out.include = package.name + ".h";
    out.init = call(package.name + "_init");
    out.test = call(package.name + "_self_test");
    out.run = call(package.name + "_invoke");
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
                        {"include", sketch.include},
                        {"init", sketch.init},
                        {"test", sketch.test},
                        {"run", sketch.run},
                        {"arrays", sketch.arrays},
                        {"fill", sketch.fill},
                        {"print", sketch.print}};
    return {{"library.properties", filled("arduino_library", values)},
            {fmt::format("examples/{0}/{0}.ino", package.name),
             filled(package.tflm ? "arduino_sketch_tflm" : "arduino_sketch_c", values)}};
}

}  // namespace tinsmith::packages
