#include "api/export_formats.hpp"
#include "backend/packages/header.hpp"

namespace tinsmith {

void export_header(const ExportOptions& options, const std::vector<DeviceModel>& models, ExportDraft& draft) {
    Exported& out = draft.result;
    for (size_t i = 0; i < models.size(); ++i) {
        const DeviceModel& model = models[i];
        const std::string name = model.variant.empty() ? out.name : out.name + "_" + model.variant;
        draft.files.push_back({name + ".h", packages::header_text(name, made_by({model}), model.file.bytes())});
        out.models[i].constant_bytes = model.file.size();
        out.models[i].arena_bytes = device_arena(packages::tflm_arena(package_models(out.name, {model})[0]), options);
        out.arena_bytes = std::max(out.arena_bytes, out.models[i].arena_bytes);
    }
}

}  // namespace tinsmith
