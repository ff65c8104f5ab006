#include "api/export_formats.hpp"
#include "backend/c/c99.hpp"
#include "backend/packages/edge_tpu.hpp"
#include "backend/packages/memory_layout.hpp"
#include "backend/packages/reports.hpp"
#include "data/record.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tinsmith {

using namespace packages;

namespace {

std::string text_of(const Buffer& bytes) { return {reinterpret_cast<const char*>(bytes.bytes().data()), bytes.size()}; }

uint64_t bytes_of(const std::vector<PackagePort>& ports) {
    uint64_t out = 0;
    for (const PackagePort& port : ports) out += port.type.bytes();
    return out;
}

template <class Number>
uint64_t largest(const std::vector<PackageModel>& models, Number&& number) {
    uint64_t out = 0;
    for (const PackageModel& model : models) out = std::max<uint64_t>(out, number(model));
    return out;
}

std::string bytes_extent(uint64_t bytes) { return fmt::format("[{}]", bytes); }

// Everything that takes memory on the board, the most important first.
std::vector<MemoryItem> memory_items(const Exported& exported, const std::vector<PackageModel>& models, const HdcResult* hdc) {
    const std::string& name = exported.name;
    std::vector<MemoryItem> out;
    out.push_back({"tensor_arena", "uint8_t", bytes_extent(exported.arena_bytes) + " MODEL_MEMORY_ALIGNED",
                   exported.arena_bytes, false, "tensor arena", "", ""});
    uint64_t constants = 0;
    for (const ExportedModel& model : exported.models) constants += model.constant_bytes;
    const std::string lies = exported.format == "c"        ? name + "_weights.h"
                             : exported.format == "header" ? name + "_data"
                                                           : name + "_model_data";
    out.push_back({"model_data", "uint8_t", bytes_extent(constants), constants, true,
                   exported.format == "c" ? "constants of the model" : "model data", lies, ""});
    if (hdc) {
        const auto& c = hdc->classifier;
        const auto matrix = [&](const char* member, const char* symbol, size_t rows, const hdc::Stored& stored,
                                const char* says) {
            const bool bits = !stored.bits.empty();
            out.push_back({member, bits ? "uint32_t" : "int8_t",
                           fmt::format("[{}][{}]", rows, bits ? (c.dimensions + 31) / 32 : c.dimensions), stored.size(), true,
                           says, stored.size() == 0 ? "not stored: drawn from its seed" : symbol, ""});
        };
        matrix("projection_matrix", "embhd_projection", c.features, c.projection, "HDC projection matrix");
        matrix("prototypes", "embhd_prototypes", c.classes, c.prototypes, "HDC prototypes");
        out.push_back({"query_vector", "int8_t", bytes_extent(c.dimensions), 0, false, "HDC query vector",
                       "not needed: the classifier goes dimension by dimension", ""});
    }
    out.push_back({"", "", "", c_stack_bytes, false, "stack", "", ""});
    const uint64_t pixels = largest(models, [](const PackageModel& m) {
        return m.pixels ? static_cast<uint64_t>(m.pixels->pixels() * m.pixels->channels) : 0;
    });
    if (pixels > 0)
        out.push_back({models[0].pixels->channels == 3 ? "rgb_buffer" : "gray_buffer", "uint8_t", bytes_extent(pixels), pixels,
                       false, "image buffer", "", ""});
    const uint64_t features = largest(models, [](const PackageModel& m) { return bytes_of(m.outputs); });
    const bool narrow = models[0].outputs.size() == 1 && models[0].outputs[0].ctype == "int8_t";
    out.push_back({"feature_buffer", narrow ? "int8_t" : "uint8_t", bytes_extent(features), features, false,
                   "feature buffer: the model's outputs", "", ""});
    return out;
}

std::vector<SizeLine> size_lines(const Exported& exported, const std::vector<DeviceModel>& models, const HdcResult* hdc) {
    std::vector<SizeLine> out;
    for (const DeviceModel& model : models)
        out.push_back({model.variant.empty() ? exported.name : exported.name + ", " + model.variant, model.source_bytes,
                       model.file.size()});
    if (hdc)
        for (const HdcComponent& component : hdc->components)
            if (component.name != "Feature extractor")
                out.push_back({component.name + " (" + component.stored + ")", component.original, component.optimized});
    return out;
}

BundleAbout about_bundle(const Exported& exported, const std::vector<DeviceModel>& models,
                         const std::vector<PackageModel>& packaged, const HdcResult* hdc) {
    BundleAbout out;
    out.name = exported.name;
    out.version = TINSMITH_VERSION;
    out.made_by = made_by(models);
    out.format = exported.format;
    out.package = exported.package;
    out.method = models[0].method;
    out.arena_bytes = exported.arena_bytes;
    out.run = run_function(exported.name);
    out.has_hdc = hdc != nullptr;
    out.classes = hdc && !hdc->class_names.empty() ? hdc->class_names : models[0].data.classes;
    const uint64_t results = packaged[0].outputs.empty() ? 0 : static_cast<uint64_t>(packaged[0].outputs[0].type.elements());
    out.feature_dimension = hdc ? hdc->classifier.features : results;
    out.hd_dimension = hdc ? hdc->classifier.dimensions : 0;
    out.num_classes = hdc ? hdc->classifier.classes : !out.classes.empty() ? out.classes.size() : results;
    return out;
}

}  // namespace

void add_bundle(const ExportOptions& options, const std::vector<DeviceModel>& models, ExportDraft& draft) {
    Exported& exported = draft.result;
    const Target& target = *options.target;
    const std::vector<PackageModel> packaged = package_models(exported.name, models);
    check(options.hdc.empty() || models.size() == 1, "--hdc: a classifier stands behind one model, not behind variants");
    std::optional<HdcResult> classifier;
    if (!options.hdc.empty()) classifier = add_classifier(options, models[0], draft);
    const HdcResult* hdc = classifier ? &*classifier : nullptr;
    const MemoryLayout layout = lay_out(memory_items(exported, packaged, hdc), target);
    const MemoryItem* arena = layout.item("tensor_arena");
    draft.arena_in_psram = arena->region != layout.regions.front().name;
    if (draft.arena_in_psram)
        exported.notes.push_back(
            fmt::format("the arena does not fit into {}: it goes into {}", layout.regions.front().name, arena->region));
    BundleAbout about = about_bundle(exported, models, packaged, hdc);
    about.arena_in_psram = draft.arena_in_psram;
    about.classify = draft.classify;
    if (hdc) exported.notes.insert(exported.notes.end(), hdc->notes.begin(), hdc->notes.end());

    const auto is_there = [&](const std::string& name) {
        return std::any_of(draft.files.begin(), draft.files.end(), [&](const PackageFile& f) { return f.name == name; });
    };
    for (const DeviceModel& model : models)
        if (const std::string name = model_file_name(exported.name, model); !is_there(name))
            draft.files.push_back({name, text_of(model.file)});
    draft.files.push_back({"model_memory.h", memory_header(layout, target, about.made_by)});
    std::vector<nlohmann::ordered_json> data;
    for (const DeviceModel& model : models) data.push_back(to_json(model.data.preprocess));
    draft.files.push_back(
        {"model_metadata.json",
         metadata(about, packaged, layout, target, data).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"});
    const std::string sizes = size_table(size_lines(exported, models, hdc));
    draft.files.push_back({"size_report.md", fmt::format("# Sizes\n\n{}\n\n{}", about.made_by, sizes)});
    draft.files.push_back({"memory_layout.md", memory_report(layout, target)});
    if (!about.classes.empty()) draft.files.push_back({exported.name + "_labels.txt", label_lines(about.classes)});
    draft.last = [about, packaged, target, sizes](const std::vector<std::string>& files) {
        return PackageFile{"README.md", readme(about, packaged, target, sizes, files)};
    };
}

}  // namespace tinsmith
