#include "api/export_formats.hpp"

#include "backend/c/identifiers.hpp"
#include "backend/c/ports.hpp"
#include "base/file.hpp"
#include "base/nearest.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace tinsmith {

using packages::package_form;
using packages::PackageForm;
using packages::PackageModel;
namespace fs = std::filesystem;

namespace {

constexpr std::array formats{
    ExportFormat{"c", "C99 without a runtime: NAME.c and headers, kernels and weights beside it", false, true, export_c},
    ExportFormat{"tflm", "C++ around TensorFlow Lite Micro: model, operators, arena, functions", false, true, export_tflm},
    ExportFormat{"header", "the .tflite as a C array, NAME_data in NAME.h", true, false, export_header},
    ExportFormat{"edgetpu", "int8 for Coral's Edge TPU, with labels and a Python program", false, false, export_edge_tpu},
};

bool is_edge_tpu(const ExportOptions& options) { return options.target && options.target->core.name == "edge-tpu"; }

const ExportFormat& format_of(const ExportOptions& options) {
    const std::string wanted = !options.format.empty() ? options.format : is_edge_tpu(options) ? "edgetpu" : "c";
    std::vector<std::string> names;
    for (const ExportFormat& format : formats) {
        if (format.name == wanted) {
            check(!is_edge_tpu(options) || format.name == "edgetpu", "--target {}: --format {} is for microcontrollers",
                  options.target->name, wanted);
            return format;
        }
        names.emplace_back(format.name);
    }
    fail(Fault::input, "--format '{}': there is none of that name; the nearest are {}", wanted, nearest_names(wanted, names));
}

// The stated one, else what the board's toolchain expects.
const PackageForm& form_of(const ExportOptions& options, const ExportFormat& format) {
    if (!options.package.empty()) {
        const PackageForm& form = package_form(options.package);
        check(format.packaged || form.code_folder.empty(), "--format {} has no sources: no --package {}", format.name,
              options.package);
        return form;
    }
    if (options.target && format.packaged)
        for (const PackageForm& form : packages::package_forms())
            if (form.name == options.target->toolchain) return form;
    return package_form("plain");
}

std::string stem_of(const std::string& model) {
    fs::path path(model);
    if (!path.has_filename()) path = path.parent_path();
    return path.stem().string();
}

// Microcontrollers compute on integers unless something else is asked for.
ExportOptions for_device(const ExportOptions& options, const ExportFormat& format) {
    ExportOptions out = options;
    if (format.name == "tflm") out.convert.quantize.recipe.target = "tflm";
    const bool integers = options.target || format.name == "edgetpu";
    if (!integers || !options.convert.methods.empty()) return out;
    std::vector<std::string> models{options.convert.model};
    if (!options.variants.empty()) models.clear();
    for (const auto& [name, model] : options.variants) models.push_back(model);
    const bool all_are = std::all_of(models.begin(), models.end(), [&](const std::string& model) {
        return own_method(read_model(model, options.convert.read).graph).has_value();
    });
    if (!all_are) out.convert.methods = {Method::int8};
    return out;
}

bool is_source(const std::string& name) { return name.ends_with(".c") || name.ends_with(".cpp"); }
bool is_code(const std::string& name) { return is_source(name) || name.ends_with(".h"); }

// Code goes where the toolchain expects it, with its own files around it.
void put_in_package(const PackageForm& form, const std::vector<DeviceModel>& models, ExportDraft& draft) {
    packages::Packaged package;
    package.name = draft.result.name;
    package.version = TINSMITH_VERSION;
    package.made_by = made_by(models);
    package.tflm = draft.result.format == "tflm";
    package.models = package_models(draft.result.name, models);
    package.arena_in_psram = draft.arena_in_psram;
    package.classify = draft.classify;
    if (package.tflm) package.arena = packages::tflm_arena(package.models);
    for (PackageFile& file : draft.files) {
        if (is_source(file.name)) package.sources.push_back(file.name);
        if (is_code(file.name)) file.name = std::string(form.code_folder) + file.name;
    }
    for (PackageFile& file : form.around(package)) draft.files.push_back(std::move(file));
    if (!draft.last) return;
    std::vector<std::string> names;
    for (const PackageFile& file : draft.files) names.push_back(file.name);
    draft.files.push_back(draft.last(names));
}

// A folder may hold somebody's own README.md or CMakeLists.txt: what bears the model's name is replaced, other files only where they came
// from here.
void refuse_other_files(const fs::path& folder, const ExportDraft& draft) {
    for (const PackageFile& file : draft.files) {
        const fs::path path = folder / file.name;
        std::error_code ignored;
        const bool there = fs::is_regular_file(path, ignored) && fs::file_size(path, ignored) > 0;
        if (!there || path.filename().string().starts_with(draft.result.name)) continue;
        const Buffer old = map_file(path.string());
        const std::string_view text(reinterpret_cast<const char*>(old.bytes().data()), old.size());
        check(text.find("tinsmith") != text.npos, "{}: this file was not written by tinsmith; another folder, or --force",
              path.string());
    }
}

void write_all(const ExportOptions& options, ExportDraft& draft) {
    const fs::path folder = options.output.empty() ? fs::path(draft.result.name) : fs::path(options.output);
    if (!options.convert.force) refuse_other_files(folder, draft);
    for (const PackageFile& file : draft.files) {
        const fs::path path = folder / file.name;
        std::error_code failed;
        fs::create_directories(path.parent_path(), failed);
        check(!failed, "{}: cannot be made a folder: {}", path.parent_path().string(), failed.message());
        write_file(path.string(), [&](ByteSink& sink) { sink.write_text(file.text); });
        draft.result.files.push_back({path.string(), file.text.size()});
    }
}

}  // namespace

std::vector<ExportChoice> export_formats() {
    std::vector<ExportChoice> out;
    for (const ExportFormat& format : formats) out.push_back({format.name, format.says});
    return out;
}

std::vector<ExportChoice> export_packages() {
    std::vector<ExportChoice> out;
    for (const PackageForm& form : packages::package_forms()) out.push_back({form.name, form.says});
    return out;
}

std::string export_name(const ExportOptions& options) {
    if (options.name.empty())
        return c99::identifier_of(options.variants.empty() ? stem_of(options.convert.model) : "model", "model");
    check(c99::is_identifier(options.name),
          "--name '{}': C takes letters, digits and '_' that start with a letter, and no keyword; '{}' would do", options.name,
          c99::identifier_of(options.name, "model"));
    return options.name;
}

std::string made_by(const std::vector<DeviceModel>& models) {
    std::vector<std::string> sources;
    for (const DeviceModel& model : models) sources.push_back(model.source);
    return c99::comment(
        fmt::format("Generated by tinsmith {} from {}. Do not edit.", TINSMITH_VERSION, fmt::join(sources, ", ")));
}

std::string model_file_name(const std::string& name, const DeviceModel& model) {
    return fmt::format("{}{}{}_model.tflite", name, model.variant.empty() ? "" : "_", model.variant);
}

std::vector<PackageModel> package_models(const std::string& name, const std::vector<DeviceModel>& models) {
    std::vector<PackageModel> out;
    for (const DeviceModel& model : models) {
        PackageModel one;
        one.variant = model.variant;
        one.file_name = model_file_name(name, model);
        one.file = model.file;
        one.inputs = packages::package_ports(model.graph, model.graph.inputs, "input");
        one.outputs = packages::package_ports(model.graph, model.graph.outputs, "output");
        if (one.inputs.size() == 1) one.pixels = packages::pixel_rule(one.inputs[0].type, model.data.preprocess);
        out.push_back(std::move(one));
    }
    return out;
}

Exported export_model(const ExportOptions& stated) {
    const ExportFormat& format = format_of(stated);
    const PackageForm& form = form_of(stated, format);
    check(stated.hdc.empty() || stated.target, "--hdc puts a classifier into the bundle for a board: name one with --target");
    for (const auto& [name, model] : stated.variants)
        check(c99::is_identifier(name), "--variant {}={}: '{}' is no identifier of C; '{}' would do", name, model, name,
              c99::identifier_of(name, "variant"));
    ExportDraft draft;
    Exported& result = draft.result;
    result.name = export_name(stated);
    result.format = format.name;
    result.package = form.name;
    if (stated.target) result.target = stated.target->name;
    const ExportOptions options = for_device(stated, format);
    const std::vector<DeviceModel> models = device_models(options, format.as_is, result.notes);
    for (const DeviceModel& model : models) result.models.push_back({model.variant, model.method});
    format.write(options, models, draft);
    if (options.target && format.name != "edgetpu") add_bundle(options, models, draft);
    put_in_package(form, models, draft);
    write_all(options, draft);
    return std::move(draft.result);
}

}  // namespace tinsmith
