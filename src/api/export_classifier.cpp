#include "api/export_formats.hpp"
#include "api/hdc_pipeline.hpp"
#include "api/workplace.hpp"
#include "base/file.hpp"

#include <filesystem>

namespace tinsmith {

using namespace packages;
namespace fs = std::filesystem;

namespace {

// Around generated C, which takes stored numbers, and pixels where it is known what these become.
std::vector<hdc::CSource> around_c(const ExportOptions& options, const DeviceModel& model, const FeatureExtractor& extractor,
                                   const hdc::Integer& classifier, ExportDraft& draft) {
    const hdc::FeatureCode code = feature_code(draft.result.name, extractor, draft.expected.at(0), classifier);
    draft.classify = !code.pixels.empty()  ? "embhd_classify_pixels"
                     : !code.input.empty() ? "embhd_classify_image"
                                           : "embhd_pipeline_run";
    return hdc::pipeline_sources(code, hdc_origin(model.source, options.hdc));
}

std::vector<hdc::CSource> around_tflm(const DeviceModel& model, ExportDraft& draft) {
    const PackageModel packaged = package_models(draft.result.name, {model}).at(0);
    const TflmPipeline pipeline =
        write_tflm_pipeline(packaged, {draft.result.name, made_by({model}), package_form(draft.result.package).platform});
    draft.classify = pipeline.classify;
    std::vector<hdc::CSource> out;
    for (const PackageFile& file : pipeline.files) out.push_back({file.name, file.text});
    return out;
}

}  // namespace

HdcResult add_classifier(const ExportOptions& options, const DeviceModel& model, ExportDraft& draft) {
    const Workplace place;
    HdcOptions how;
    how.file = options.hdc;
    how.integer = options.hdc_integer;
    how.output = (place.path() / "hdc").string();
    how.model = (place.path() / model.source).replace_extension(".tflite").string();
    how.data = options.convert.data;
    how.threads = options.convert.threads;
    how.progress = options.convert.progress;
    if (!options.convert.data.path.empty()) {
        how.reference = options.convert.model;
        how.read = options.convert.read;
    }
    how.data.preprocess.add_missing(model.data.preprocess);
    how.chain = [&](const FeatureExtractor& extractor, HdcResult& result) {
        if (draft.result.format == "tflm") return around_tflm(model, draft);
        if (draft.result.format != "c") return std::vector<hdc::CSource>{};
        result.arena_bytes = draft.result.arena_bytes;
        return around_c(options, model, extractor, result.classifier, draft);
    };
    write_file(how.model, [&](ByteSink& sink) { sink.write_buffer(model.file); });
    HdcResult result = build_hdc(how);
    for (const std::string& path : result.files) {
        const Buffer text = map_file(path);
        draft.files.push_back(
            {fs::path(path).filename().string(), {reinterpret_cast<const char*>(text.bytes().data()), text.size()}});
    }
    return result;
}

}  // namespace tinsmith
