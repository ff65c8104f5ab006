#include "backend/packages/tflm.hpp"

#include "backend/c/identifiers.hpp"
#include "backend/packages/c_array.hpp"
#include "backend/packages/micro_operators.hpp"
#include "backend/packages/tflm_text.hpp"
#include "micro/arena.hpp"

#include <algorithm>
#include <functional>
#include <set>

namespace tinsmith::packages {

namespace {

MicroOperators operators_of(const std::vector<PackageModel>& models) {
    MicroOperators out;
    std::set<std::string> adds;
    for (const PackageModel& model : models) {
        const MicroOperators one = within(model.variant.empty() ? model.file_name : model.variant,
                                          [&] { return micro_operators(model.file.bytes()); });
        adds.insert(one.adds.begin(), one.adds.end());
        out.variables = std::max(out.variables, one.variables);
    }
    out.adds.assign(adds.begin(), adds.end());
    return out;
}

// Firmware switches between variants without knowing which is there: what goes in and out must be of the same types.
void check_variants(const std::vector<PackageModel>& models) {
    std::set<std::string> names;
    const auto types = [](const std::vector<PackagePort>& ports) {
        std::vector<std::string> out;
        for (const PackagePort& port : ports) out.push_back(port.ctype);
        return out;
    };
    for (const PackageModel& model : models) {
        check(names.insert(c99::upper_case(model.variant)).second, "two variants are called '{}'", model.variant);
        const PackageModel& first = models[0];
        const bool alike = types(model.inputs) == types(first.inputs) && types(model.outputs) == types(first.outputs) &&
                           model.pixels.has_value() == first.pixels.has_value() &&
                           (!model.pixels || model.pixels->channels == first.pixels->channels);
        check(
            alike,
            "variants '{}' and '{}': the number and types of inputs and outputs differ: firmware could not switch between them",
            first.variant, model.variant);
    }
}

// The statements of each model: as they are where there is but one, else chosen by which is loaded.
std::string by_variant(const std::vector<PackageModel>& models, const std::function<std::string(const PackageModel&)>& text) {
    if (models.size() == 1) return text(models[0]);
    std::string out = "    switch (loaded) {\n";
    for (const PackageModel& model : models) {
        std::string lines = text(model), indented;
        for (size_t at = 0; at < lines.size();) {
            const size_t end = lines.find('\n', at);
            indented += "        " + lines.substr(at, end - at) + "\n";
            at = end + 1;
        }
        out += fmt::format("        case {}: {{\n{}            break;\n        }}\n", variant_name(model), indented);
    }
    return out + "    }\n";
}

std::string expected_text(const PackageModel& model, std::string_view result) {
    std::string out;
    const auto each = [&](const std::vector<PackagePort>& ports, std::string_view kind) {
        for (size_t i = 0; i < ports.size(); ++i)
            out += fmt::format("{}has_bytes(made->{}({}), {})", out.empty() ? "" : " && ", kind, i, ports[i].type.bytes());
    };
    each(model.inputs, "input");
    each(model.outputs, "output");
    return fmt::format("    {} {};\n", result, out.empty() ? "true" : out);
}

std::string expected_texts(const std::vector<PackageModel>& models) {
    if (models.size() == 1) return expected_text(models[0], "return");
    return "    bool is = false;\n" + by_variant(models, [](const PackageModel& m) { return expected_text(m, "is ="); }) +
           "    return is;\n";
}

std::string make_text(size_t variables) {
    constexpr std::string_view made =
        "    tflite::MicroInterpreter* const made = new (interpreter_place) tflite::MicroInterpreter(";
    if (variables == 0) return fmt::format("{}model, *resolver, arena, bytes);", made);
    return fmt::format(
        "    tflite::MicroAllocator* const allocator = tflite::MicroAllocator::Create(arena, bytes);\n"
        "    tflite::MicroResourceVariables* const variables = tflite::MicroResourceVariables::Create(allocator, {});\n"
        "{}model, *resolver, allocator, variables);",
        variables, made);
}

std::string add_texts(const std::vector<std::string>& adds) {
    std::string out;
    for (const std::string& add : adds) out += fmt::format("    if (resolver->{}() != kTfLiteOk) return kTfLiteError;\n", add);
    return out.empty() ? "    (void)resolver;\n" : out;
}

std::string variants_declaration(const std::vector<PackageModel>& models, const std::string& status) {
    if (models.size() == 1) return "";
    std::string out = "/* The models that are in here, one of them at work. */\ntypedef enum {\n";
    for (const PackageModel& model : models) out += fmt::format("    {},\n", variant_name(model));
    return out + fmt::format(
                     "}} model_variant_t;\n\n/* Replaces the model that is at work, in the same arena. */\n{} "
                     "load_model_variant(model_variant_t variant);\n\n",
                     status);
}

// Which variant is at work, and where.
constexpr std::string_view loaded_text = R"(model_variant_t loaded = @first@;
uint8_t* arena_in_use = nullptr;
size_t arena_in_use_bytes = 0;

)";

Values variant_values(const std::vector<PackageModel>& models, std::string_view name, const Values& status) {
    if (models.size() == 1)
        return {{"loaded", ""},
                {"load_variants", ""},
                {"init", fmt::format("    return load({}_model_data, arena, bytes);\n", name)}};
    std::string loaded(loaded_text);
    loaded.replace(loaded.find("@first@"), 7, variant_name(models[0]));
    Values values = status;
    values["name"] = name;
    values["upper"] = c99::upper_case(name);
    for (const PackageModel& model : models)
        values["cases"] +=
            fmt::format("        case {}: data = {}_model_data; break;\n", variant_name(model), model_name(model, name));
    return {{"loaded", loaded},
            {"load_variants", filled("tflm_load_variant", values)},
            {"init",
             "    arena_in_use = arena;\n    arena_in_use_bytes = bytes;\n"
             "    return load_model_variant(" +
                 variant_name(models[0]) + ");\n"}};
}

std::string port_macros_of(const std::vector<PackageModel>& models, std::string_view name) {
    std::string out;
    for (const PackageModel& model : models)
        for (const auto* ports : {&model.inputs, &model.outputs})
            for (const PackagePort& port : *ports) out += port_macros(port, model_name(model, name));
    return out;
}

void add_data(const std::vector<PackageModel>& models, Values values, TflmCode& out) {
    const std::string& name = values["name"];
    for (const PackageModel& model : models) {
        const std::string data = model_name(model, name) + "_model_data";
        values["declarations"] += fmt::format("extern const unsigned char {0}[];\nextern const unsigned int {0}_len;\n", data);
        values["definitions"] +=
            fmt::format("alignas(16) @attr@ const unsigned char {0}[] = {{\n{1}}};\nconst unsigned int {0}_len = {2};\n", data,
                        c_array(model.file.bytes()), model.file.size());
    }
    std::string& definitions = values["definitions"];
    for (size_t at; (at = definitions.find("@attr@")) != std::string::npos;)
        definitions.replace(at, 6, values["upper"] + "_MODEL_ATTR");
    out.files.push_back({name + "_model_data.h", filled("tflm_data_interface", values)});
    out.files.push_back({name + "_model_data.cpp", filled("tflm_data_code", values)});
}

}  // namespace

TflmArena tflm_arena(const PackageModel& model) {
    const auto with = [&](const MicroBuild& build) { return micro_arena(model.file.bytes(), build).bytes; };
    const MicroArena reference = micro_arena(model.file.bytes(), {});
    TflmArena out;
    out.reference = reference.bytes;
    out.unknown = reference.unknown;
    out.cmsis_nn = with({.cmsis_nn = true});
    // Never less than without: the reserve is what they take beyond.
    out.esp = std::max(out.reference, with({.esp_nn = EspNn::portable}));
    out.esp32_s3 = std::max(out.reference, with({.esp_nn = EspNn::esp32_s3}));
    out.host = with({.pointer_bytes = 8});
    return out;
}

TflmArena tflm_arena(const std::vector<PackageModel>& models) {
    TflmArena out;
    for (const PackageModel& model : models) {
        const TflmArena one = tflm_arena(model);
        out.reference = std::max(out.reference, one.reference);
        out.cmsis_nn = std::max(out.cmsis_nn, one.cmsis_nn);
        out.esp = std::max(out.esp, one.esp);
        out.esp32_s3 = std::max(out.esp32_s3, one.esp32_s3);
        out.host = std::max(out.host, one.host);
        out.unknown.insert(out.unknown.end(), one.unknown.begin(), one.unknown.end());
    }
    return out;
}

TflmCode write_tflm(const std::vector<PackageModel>& models, const TflmOptions& options) {
    if (models.size() > 1) check_variants(models);
    const MicroOperators operators = operators_of(models);
    const std::string& name = options.name;
    TflmCode out;
    out.arena = tflm_arena(models);
    out.operators = operators.adds;
    out.run = run_function(name);
    Values values = status_values(options);
    values.merge(variant_values(models, name, values));
    values.merge(parameter_values(models[0], name));
    values.insert({{"made_by", options.made_by},
                   {"name", name},
                   {"upper", c99::upper_case(name)},
                   {"reference", std::to_string(out.arena.reference)},
                   {"cmsis_nn", std::to_string(out.arena.cmsis_nn)},
                   {"esp32_s3", std::to_string(out.arena.esp32_s3)},
                   {"host", std::to_string(out.arena.host)},
                   {"device", std::to_string(out.arena.device())},
                   {"macros", port_macros_of(models, name)},
                   {"include_status", options.platform == Platform::esp_idf ? "\n#include \"esp_err.h\"\n" : ""},
                   {"include_platform", options.platform == Platform::arduino ? "#include <TensorFlowLite.h>\n" : ""},
                   {"status", status_definition(options)},
                   {"variants", variants_declaration(models, values["status_type"])},
                   {"run", out.run},
                   {"run_says", run_says(models[0], name)},
                   {"count", std::to_string(std::max<size_t>(operators.adds.size(), 1))},
                   {"adds", add_texts(operators.adds)},
                   {"make", make_text(operators.variables)},
                   {"expected", expected_texts(models)},
                   {"put", by_variant(models, [&](const PackageModel& m) { return put_inputs(m, name); })},
                   {"take", by_variant(models, [&](const PackageModel& m) { return take_outputs(m, name); })}});
    values["include_variables"] = operators.variables == 0 ? ""
                                                           : "#include \"tensorflow/lite/micro/micro_allocator.h\"\n"
                                                             "#include \"tensorflow/lite/micro/micro_resource_variable.h\"";
    for (const PackageModel& model : models) values["tables"] += pixel_tables(model, name);
    out.files.push_back({name + ".h", filled("tflm_interface", values)});
    out.files.push_back({name + ".cpp", filled("tflm_code", values)});
    add_data(models, values, out);
    return out;
}

}  // namespace tinsmith::packages
