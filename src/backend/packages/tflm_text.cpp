#include "backend/packages/tflm_text.hpp"

#include "backend/c/identifiers.hpp"
#include "backend/c/values.hpp"

#include <fmt/ranges.h>

namespace tinsmith::packages {

namespace {

constexpr std::string_view extractor = "_extractor";

bool extracts(std::string_view name) { return name.ends_with(extractor) && name.size() > extractor.size(); }

struct Parameter {
    std::string declaration, name;
};

std::vector<Parameter> parameters(const PackageModel& model, std::string_view name) {
    std::vector<Parameter> out;
    for (const PackagePort& input : model.inputs) {
        const std::string_view pixels = model.pixels && model.pixels->channels == 3 ? "rgb_data" : "gray_data";
        const std::string called = model.pixels ? std::string(pixels) : input.name;
        // A feature extractor's pixels are no constants: that is how firmware declares this function.
        const std::string type = model.pixels ? (extracts(name) ? "uint8_t" : "const uint8_t") : "const " + input.ctype;
        out.push_back({fmt::format("{}* {}", type, called), called});
    }
    for (const PackagePort& output : model.outputs) {
        const std::string called = extracts(name) && model.outputs.size() == 1 ? "features" : output.name;
        out.push_back({fmt::format("{}* {}", output.ctype, called), called});
    }
    return out;
}

std::string table_name(const PackageModel& model, std::string_view name) { return model_name(model, name) + "_pixel_table"; }

}  // namespace

std::string run_function(std::string_view name) {
    if (!extracts(name)) return fmt::format("tflite_run_{}", name);
    return fmt::format("tflite_extract_{}s", name.substr(0, name.size() - extractor.size()));
}

std::string run_arguments(const PackageModel& model, std::string_view name) {
    std::vector<std::string> names;
    for (const Parameter& p : parameters(model, name)) names.push_back(p.name);
    return fmt::format("{}", fmt::join(names, ", "));
}

std::string variant_name(const PackageModel& model) { return "MODEL_" + c99::upper_case(model.variant); }

std::string model_name(const PackageModel& model, std::string_view name) {
    return model.variant.empty() ? std::string(name) : fmt::format("{}_{}", name, model.variant);
}

Values status_values(const TflmOptions& options) {
    if (options.platform == Platform::esp_idf)
        return {{"status_type", "esp_err_t"},
                {"ok", "ESP_OK"},
                {"bad_schema", "ESP_ERR_INVALID_VERSION"},
                {"bad_operator", "ESP_ERR_NOT_SUPPORTED"},
                {"too_small", "ESP_ERR_NO_MEM"},
                {"bad_model", "ESP_ERR_INVALID_SIZE"},
                {"not_ready", "ESP_ERR_INVALID_STATE"},
                {"bad_argument", "ESP_ERR_INVALID_ARG"},
                {"failed", "ESP_FAIL"}};
    const std::string upper = c99::upper_case(options.name);
    Values out{{"status_type", options.name + "_status_t"}};
    for (const char* what :
         {"ok", "bad_schema", "bad_operator", "too_small", "bad_model", "not_ready", "bad_argument", "failed"})
        out[what] = fmt::format("{}_{}", upper, c99::upper_case(what));
    return out;
}

std::string status_definition(const TflmOptions& options) {
    if (options.platform == Platform::esp_idf)
        return "/* Functions return ESP_OK, or ESP_ERR_INVALID_VERSION (the model's schema is another), ESP_ERR_NOT_SUPPORTED "
               "(the\n"
               " * resolver takes no more operators), ESP_ERR_NO_MEM (the arena is too small), ESP_ERR_INVALID_SIZE (the "
               "model's inputs\n"
               " * or outputs are others), ESP_ERR_INVALID_STATE (not initialised), ESP_ERR_INVALID_ARG (null, or not at a "
               "multiple of\n"
               " * 16), ESP_FAIL (a kernel failed). */\n";
    const std::string upper = c99::upper_case(options.name);
    std::string out = "typedef enum {\n";
    constexpr std::pair<const char*, const char*> all[]{{"OK = 0", ""},
                                                        {"BAD_SCHEMA", "the model's schema is not the library's"},
                                                        {"BAD_OPERATOR", "the resolver takes no more operators"},
                                                        {"TOO_SMALL", "the arena: see the figures above"},
                                                        {"BAD_MODEL", "its inputs or outputs are not those of this code"},
                                                        {"NOT_READY", "not initialised"},
                                                        {"BAD_ARGUMENT", "null, or an arena that is not at a multiple of 16"},
                                                        {"FAILED", "a kernel failed"}};
    for (const auto& [code, says] : all)
        out += fmt::format("    {}_{},{}{}{}\n", upper, code, *says ? " /* " : "", says, *says ? " */" : "");
    return out + fmt::format("}} {}_status_t;\n", options.name);
}

Values parameter_values(const PackageModel& model, std::string_view name) {
    std::vector<std::string> declarations, nulls;
    const std::vector<Parameter> all = parameters(model, name);
    for (const Parameter& p : all) {
        declarations.push_back(p.declaration);
        nulls.push_back(p.name + " == nullptr");
    }
    return {{"parameters", fmt::format("{}", fmt::join(declarations, ", "))},
            {"any_null", fmt::format("{}", fmt::join(nulls, " || "))},
            {"first_parameter", all.empty() ? "" : all[0].declaration},
            {"first_name", all.empty() ? "" : all[0].name}};
}

std::string put_inputs(const PackageModel& model, std::string_view name) {
    const std::vector<Parameter> all = parameters(model, name);
    if (!model.pixels) {
        std::string out;
        for (size_t i = 0; i < model.inputs.size(); ++i)
            out += fmt::format("    memcpy(interpreter->input({})->data.data, {}, {});\n", i, all[i].name,
                               model.inputs[i].type.bytes());
        return out;
    }
    const PixelRule& rule = *model.pixels;
    const std::string& from = all[0].name;
    const std::string& type = model.inputs[0].ctype;
    const auto stored = [&](const std::string& pixel, bool many) {
        if (rule.less_128) return fmt::format("static_cast<int8_t>({} - 128)", pixel);
        if (rule.as_it_is) return pixel;
        const std::string table = table_name(model, name);
        return many && rule.tables > 1 ? fmt::format("{}[256 * c + {}]", table, pixel) : fmt::format("{}[{}]", table, pixel);
    };
    std::string out = fmt::format("    {0}* const input = static_cast<{0}*>(interpreter->input(0)->data.data);\n", type);
    if (!rule.planes && !rule.bgr && rule.tables == 1)
        return out + fmt::format("    for (size_t i = 0; i < {}; ++i) input[i] = {};\n", model.inputs[0].elements(),
                                 stored(from + "[i]", false));
    const std::string pixel = fmt::format("{}[{} * p + {}]", from, rule.channels,
                                          rule.bgr ? fmt::format("{} - c", rule.channels - 1) : std::string("c"));
    const std::string to = rule.planes ? fmt::format("{} * c + p", rule.pixels()) : fmt::format("{} * p + c", rule.channels);
    return out + fmt::format("    for (size_t p = 0; p < {}; ++p)\n        for (size_t c = 0; c < {}; ++c) input[{}] = {};\n",
                             rule.pixels(), rule.channels, to, stored(pixel, true));
}

std::string take_outputs(const PackageModel& model, std::string_view name) {
    const std::vector<Parameter> all = parameters(model, name);
    std::string out;
    for (size_t i = 0; i < model.outputs.size(); ++i)
        out += fmt::format("    memcpy({}, interpreter->output({})->data.data, {});\n", all[model.inputs.size() + i].name, i,
                           model.outputs[i].type.bytes());
    return out;
}

std::string pixel_tables(const PackageModel& model, std::string_view name) {
    if (!model.pixels || model.pixels->table.empty()) return "";
    const PixelRule& rule = *model.pixels;
    return fmt::format("/* What the pixels 0 to 255 are stored as{}. */\nconst {} {}[{}] = {{\n{}}};\n\n",
                       rule.tables > 1 ? ", by channel of the input" : "", model.inputs[0].ctype, table_name(model, name),
                       256 * rule.tables, c99::list_of(model.inputs[0].type.dtype, rule.table));
}

std::string run_says(const PackageModel& model, std::string_view name) {
    const auto all = parameters(model, name);
    if (!model.pixels) return "Elements as the model stores them, see SCALE and ZERO_POINT above.";
    const PixelRule& rule = *model.pixels;
    return fmt::format("{}: {} x {} pixels, row by row{}; they are brought into the model's numbers here.", all[0].name,
                       rule.width, rule.height, rule.channels == 3 ? ", red, green, blue" : "");
}

}  // namespace tinsmith::packages
