#include "api/export_formats.hpp"
#include "backend/c/c99.hpp"
#include "run/session.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

// One sample and what the host's C99 kernels make of it.
void add_sample(CModel& model, const DataOptions& data) {
    DataOptions one = data;
    one.most = 1;
    const Samples samples(model.graph, one);
    model.sample = samples.inputs(0);
    model.expected = Session(model.graph, {.fast = false}).run(model.sample);
}

// The arena that the board's largest memory has room for, beside stack, an image and the outputs.
size_t room_for_arena(const ExportOptions& options, const std::vector<DeviceModel>& models) {
    uint64_t largest_memory = 0, beside = 0;
    for (const TargetMemory& memory : options.target->memories) largest_memory = std::max(largest_memory, memory.bytes);
    for (const packages::PackageModel& model : package_models("model", models)) {
        uint64_t bytes = model.pixels ? static_cast<uint64_t>(model.pixels->pixels() * model.pixels->channels) : 0;
        for (const packages::PackagePort& output : model.outputs) bytes += output.type.bytes();
        beside = std::max(beside, bytes);
    }
    beside += c_stack_bytes;
    return static_cast<size_t>(largest_memory - std::min(largest_memory, beside));
}

// Where a board's memory does not hold the arena, layers run in patches.
CCode code_for(const std::vector<CModel>& written, const ExportOptions& options, const std::vector<DeviceModel>& models,
               COptions how) {
    CCode code = write_c(written, how);
    if (!options.target || options.max_ram != 0) return code;
    how.max_ram = room_for_arena(options, models);
    if (how.max_ram == 0 || code.arena_bytes <= how.max_ram) return code;
    try {
        return write_c(written, how);
    } catch (const Error& e) {
        if (e.fault != Fault::target) throw;
        return code;  // what is missing is said where everything is held against the board
    }
}

}  // namespace

void export_c(const ExportOptions& options, const std::vector<DeviceModel>& models, ExportDraft& draft) {
    Exported& out = draft.result;
    std::vector<CModel> written;
    for (const DeviceModel& model : models) {
        CModel one{model.variant, model.source, model.graph, {}, {}};
        add_sample(one, options.convert.data);
        draft.expected.push_back(one.expected);
        written.push_back(std::move(one));
    }
    const CCode code =
        code_for(written, options, models, {out.name, options.max_ram, TINSMITH_VERSION, options.weights_in_psram});
    for (size_t i = 0; i < code.models.size(); ++i) {
        out.models[i].arena_bytes = code.models[i].arena_bytes;
        out.models[i].lower_bound = code.models[i].lower_bound;
        out.models[i].constant_bytes = code.models[i].constant_bytes;
    }
    out.arena_bytes = code.arena_bytes;
    out.notes.insert(out.notes.end(), code.notes.begin(), code.notes.end());
    for (const CFile& file : code.files) draft.files.push_back({file.name, file.text});
}

}  // namespace tinsmith
