#include "api/export_formats.hpp"
#include "backend/c/c99.hpp"
#include "run/session.hpp"

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
    const CCode code = write_c(std::move(written), {out.name, options.max_ram, TINSMITH_VERSION, options.weights_in_psram});
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
