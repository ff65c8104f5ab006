// tinsmith export: a model in, a folder of files for a device out.
#include "api/export.hpp"
#include "exit_code.hpp"
#include "options.hpp"
#include "quantize_options.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tinsmith::cli {

namespace {

struct ExportLine {
    ExportOptions options;
    std::string method, target;
    std::vector<std::string> variants;
    ReadTexts read;
    QuantizeTexts quantize;
    bool no_verify = false;
    OutputOptions shown;
};

std::vector<std::pair<std::string, std::string>> variants_of(const std::vector<std::string>& texts) {
    std::vector<std::pair<std::string, std::string>> out;
    for (const std::string& text : texts) {
        const size_t at = text.find('=');
        check(at != std::string::npos && at > 0 && at + 1 < text.size(), "--variant '{}': expected name=model", text);
        out.emplace_back(text.substr(0, at), text.substr(at + 1));
    }
    return out;
}

std::string exported_json(const Exported& result) {
    using json = nlohmann::ordered_json;
    json out{{"name", result.name},
             {"format", result.format},
             {"package", result.package},
             {"target", result.target.empty() ? json() : json(result.target)},
             {"arena_bytes", result.arena_bytes}};
    for (const ExportedModel& model : result.models)
        out["models"].push_back({{"name", model.name},
                                 {"method", model.method},
                                 {"arena_bytes", model.arena_bytes},
                                 {"lower_bound_bytes", model.lower_bound},
                                 {"constant_bytes", model.constant_bytes}});
    for (const ExportedFile& file : result.files) out["files"].push_back({{"path", file.path}, {"bytes", file.bytes}});
    out["notes"] = result.notes;
    return out.dump(2, ' ', false, json::error_handler_t::replace);
}

// What is known of the arena: nothing of an accelerator's.
std::string arena_text(const ExportedModel& model) {
    if (model.arena_bytes == 0) return "";
    if (model.lower_bound == 0) return fmt::format("arena {} bytes, ", model.arena_bytes);
    return fmt::format("arena {} bytes (lower bound {}), ", model.arena_bytes, model.lower_bound);
}

std::string exported_text(const Exported& result) {
    std::string out;
    for (const std::string& note : result.notes) out += note + "\n";
    for (const ExportedFile& file : result.files) out += fmt::format("{:>10}  {}\n", file.bytes, file.path);
    for (const ExportedModel& model : result.models)
        out += fmt::format("{}{}: {}constants {} bytes\n", model.name.empty() ? "" : model.name + ", ",
                           model.method.empty() ? "as it is" : model.method, arena_text(model), model.constant_bytes);
    return out;
}

int export_verb(ExportLine& line) {
    ExportOptions& options = line.options;
    options.variants = variants_of(line.variants);
    check(!options.convert.model.empty() || !options.variants.empty(), "export: a MODEL, or --variant name=model");
    check(options.convert.model.empty() || options.variants.empty(), "export: a MODEL or --variant name=model, not both");
    if (line.method == "int8") options.convert.methods = {Method::int8};
    if (line.method == "int16x8") options.convert.methods = {Method::int16x8};
    if (line.method == "float32") options.convert.methods = {Method::float32};
    if (!line.target.empty()) options.target = find_target(line.target);
    options.convert.read = read_options(line.read);
    options.convert.quantize = quantize_options(line.quantize, line.shown);
    options.convert.verify = line.no_verify ? Verify::off : Verify::ends;
    options.convert.progress = progress_line(line.shown.quiet || line.shown.json);
    const Exported result = export_model(options);
    if (line.shown.json)
        fmt::print("{}\n", exported_json(result));
    else if (!line.shown.quiet)
        fmt::print("{}", exported_text(result));
    return exit_ok;
}

}  // namespace

void add_export(CLI::App& app, int& status) {
    auto* verb = app.add_subcommand("export", "Write a model as files for a device");
    auto line = std::make_shared<ExportLine>();
    ExportOptions& options = line->options;
    verb->add_option("MODEL", options.convert.model, "The model, as `convert` takes it")->type_name("");
    verb->add_option("--variant", line->variants, "Several models in one firmware, instead of MODEL; may be repeated")
        ->type_name("NAME=MODEL")
        ->allow_extra_args(false);
    std::string says = "The form of the files";
    for (const ExportChoice& format : export_formats()) says += fmt::format("; {}: {}", format.name, format.says);
    verb->add_option("--format", options.format, says + ". Default: c, of an Edge TPU edgetpu")->type_name("FORMAT");
    says = "What stands around the code";
    for (const ExportChoice& package : export_packages()) says += fmt::format("; {}: {}", package.name, package.says);
    verb->add_option("--package", options.package, says + ". Default: what the target's toolchain takes")->type_name("PACKAGE");
    verb->add_option("--target", line->target,
                     "A board (`fit --list`) or a .json file that describes one: quantises on the way, checks that it fits, "
                     "writes sizes, memory, metadata and how to build it")
        ->type_name("BOARD");
    verb->add_option("--hdc", options.hdc,
                     "With --target: projection and prototypes of a hyperdimensional classifier behind it")
        ->type_name("FILE");
    verb->add_option("--bits", options.hdc_integer.bits, "With --hdc: of its stored numbers, as `hdc` takes it")
        ->check(CLI::IsMember({1, 8}))
        ->capture_default_str();
    verb->add_flag("--binarize", options.hdc_integer.binarize, "With --bits 1: take the signs of what is not bipolar");
    verb->add_option("-o,--output", options.output, "A folder; default: the name, here")->type_name("FOLDER");
    verb->add_flag("--force", options.convert.force, "Replace files in FOLDER that were not written by tinsmith");
    verb->add_option("--name", options.name, "What files and functions start with; default: the model's file name")
        ->type_name("NAME");
    verb->add_option("--method", line->method,
                     "What to compute on; default: the source's integers, else float32, or int8 with --target")
        ->check(CLI::IsMember({"float32", "int8", "int16x8"}))
        ->type_name("METHOD");
    verb->add_option(
            "--max-ram", options.max_ram,
            "The most bytes that the arena may take: what needs more runs in patches, row by row, as far as that helps")
        ->transform(CLI::AsSizeValue(false))
        ->type_name("BYTES");
    verb->add_option_function<std::string>(
            "--weights", [&options](const std::string& where) { options.weights_in_psram = where == "psram"; },
            "Where constants lie: flash, or psram: copied at start into buffers that EXT_RAM_BSS_ATTR places")
        ->check(CLI::IsMember({"flash", "psram"}))
        ->default_str("flash");
    add_read_options(*verb, line->read);
    add_quantize_options(*verb->add_option_group("Integers"), line->quantize);
    auto* proof = verb->add_option_group("Proof");
    proof->add_flag("--no-verify", line->no_verify, "Do not run source and result");
    add_data_options(*proof, options.convert.data);
    add_threads_option(*proof, options.convert.threads);
    add_output_options(*verb, line->shown);
    verb->footer(
        "\nExamples:\n"
        "  tinsmith export model_int8.tflite -o firmware/model          C of what the file computes\n"
        "  tinsmith export model.onnx --method int8 --data samples.npy  quantised on the way\n"
        "  tinsmith export model.tflite --name kws --max-ram 64K        in patches when it needs more\n"
        "  tinsmith export model.tflite --format tflm --package arduino a library for TensorFlow Lite Micro\n"
        "  tinsmith export model.tflite --format header                 a C array\n"
        "  tinsmith export model.onnx --target esp32-s3-eye --data samples.npy -o out/\n"
        "  tinsmith export --variant tiny=a.tflite --variant normal=b.onnx -o firmware/model   one of them at a time, in one "
        "arena");
    verb->callback([line, &status] { status = export_verb(*line); });
}

}  // namespace tinsmith::cli
