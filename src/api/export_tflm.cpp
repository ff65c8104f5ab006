#include "api/export_formats.hpp"

#include <fmt/ranges.h>

#include <algorithm>

namespace tinsmith {

using namespace packages;

size_t device_arena(const TflmArena& arena, const ExportOptions& options) {
    if (!options.target) return arena.device();
    const std::vector<std::string>& kernels = options.target->core.kernels;
    const auto has = [&](std::string_view name) { return std::find(kernels.begin(), kernels.end(), name) != kernels.end(); };
    if (options.target->toolchain == "esp-idf") return has("esp-nn") ? arena.esp32_s3 : arena.esp;
    return has("cmsis-nn") ? arena.device() : arena.reference;
}

static void note_unknown(const TflmArena& arena, std::vector<std::string>& notes) {
    if (!arena.unknown.empty())
        notes.push_back(fmt::format("WARNING: what TFLite Micro keeps for {} is not known here; the arena may be too small",
                                    fmt::join(arena.unknown, ", ")));
}

void export_tflm(const ExportOptions& options, const std::vector<DeviceModel>& models, ExportDraft& draft) {
    Exported& out = draft.result;
    const std::vector<PackageModel> packaged = package_models(out.name, models);
    TflmCode code = write_tflm(packaged, {out.name, made_by(models), package_form(out.package).platform});
    for (size_t i = 0; i < models.size(); ++i) {
        out.models[i].arena_bytes = device_arena(tflm_arena(packaged[i]), options);
        out.models[i].constant_bytes = models[i].file.size();
    }
    out.arena_bytes = device_arena(code.arena, options);
    if (options.max_ram != 0 && out.arena_bytes > options.max_ram)
        fail(Fault::target, "TFLite Micro's arena takes {} bytes, {} more than the {} of --max-ram", out.arena_bytes,
             out.arena_bytes - options.max_ram, options.max_ram);
    note_unknown(code.arena, out.notes);
    for (size_t i = 0; i < models.size(); ++i)
        if (packaged[i].pixels && !models[i].data.preprocess.normalize && !models[i].data.preprocess.folded)
            out.notes.push_back(
                fmt::format("{}no normalisation is recorded: pixels go in as they are stored ({}); --normalize says "
                            "what the network was trained on",
                            models[i].variant.empty() ? "" : models[i].variant + ": ",
                            packaged[i].pixels->less_128 ? "pixel - 128" : "unchanged"));
    for (PackageFile& file : code.files) draft.files.push_back(std::move(file));
    for (const DeviceModel& model : models)
        draft.files.push_back(
            {model_file_name(out.name, model), {reinterpret_cast<const char*>(model.file.bytes().data()), model.file.size()}});
}

}  // namespace tinsmith
