#include "api/hdc.hpp"

#include "api/class_names.hpp"
#include "api/hdc_features.hpp"
#include "api/hdc_files.hpp"
#include "api/hdc_pipeline.hpp"
#include "base/files_of.hpp"
#include "report/inspection.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

using hdc::Integer;
using hdc::Model;

HdcComponent component(const std::string& name, size_t elements, const hdc::Stored& stored, bool drawn) {
    return {name, elements * sizeof(float), stored.size(), drawn ? "from its seed" : stored.bits.empty() ? "int8" : "1 bit"};
}

std::vector<HdcComponent> components_of(const HdcOptions& options, const Model& model, const Integer& integer,
                                        const FeatureExtractor* extractor) {
    std::vector<HdcComponent> out;
    if (extractor) {
        // Without the source: what its parameters take as floats.
        const uint64_t original = options.reference.empty()
                                      ? static_cast<uint64_t>(inspect(extractor->graph()).parameters) * sizeof(float)
                                      : size_on_disk(options.reference);
        out.push_back({"Feature extractor", original, size_on_disk(options.model), "int8"});
    }
    out.push_back(
        component("HDC projection matrix", model.features * model.dimensions, integer.projection, model.seed.has_value()));
    out.push_back(component("HDC prototypes", model.classes * model.dimensions, integer.prototypes, false));
    return out;
}

struct Decisions {
    int32_t source, mixed, classifier,
        device;  // float alone; float on the device's features; integers on float features; integers
};

void count(HdcStage& stage, int32_t before, int32_t after, std::optional<int32_t> truth) {
    ++stage.samples;
    stage.agreed += before == after;
    if (truth) {
        stage.original_right += before == *truth;
        stage.quantized_right += after == *truth;
    }
}

void measure(const HdcOptions& options, const Model& model, const FeatureExtractor& extractor, HdcResult& out) {
    HdcStage features{"Feature extractor", 0, 0, 0, 0}, classifier{"HDC classifier", 0, 0, 0, 0},
        all{"End-to-end pipeline", 0, 0, 0, 0};
    out.labelled = extractor.samples().labelled();
    const auto decide = [&](size_t, const Features& f) {
        return Decisions{hdc::classify(model, f.source), hdc::classify(model, f.real), out.classifier.classify(f.source_stored),
                         out.classifier.classify(f.stored)};
    };
    extractor.each(options.threads, options.progress, decide, [&](size_t i, const Decisions& d) {
        const std::optional<int32_t> truth = out.labelled ? std::optional(extractor.samples().label(i)) : std::nullopt;
        count(features, d.source, d.mixed, truth);
        count(classifier, d.source, d.classifier, truth);
        count(all, d.source, d.device, truth);
        out.predictions.push_back(d.device);
    });
    if (extractor.has_reference()) out.stages.push_back(features);
    out.stages.push_back(classifier);
    if (extractor.has_reference()) out.stages.push_back(all);
}

Model train(const HdcOptions& options, const FeatureExtractor& extractor, HdcResult& out) {
    check(extractor.samples().labelled(), "training needs classes: --labels-data, sub-folders, or a column or array of labels");
    std::vector<std::vector<double>> features;
    std::vector<int32_t> classes;
    extractor.each(
        options.threads, options.progress, [](size_t, const Features& f) { return f.real; },
        [&](size_t i, std::vector<double> f) {
            features.push_back(std::move(f));
            classes.push_back(extractor.samples().label(i));
        });
    hdc::TrainOptions how = options.train;
    how.step = extractor.quant().scale[0];
    out.training = hdc::trained(features, classes, how);
    return out.training->model;
}

void check_line(const HdcOptions& options) {
    check(!options.output.empty(), "-o names the folder for the C files");
    check(!options.file.empty() || (!options.model.empty() && !options.data.path.empty()),
          "--train needs the feature extractor (--model) and samples with classes (--data, --labels-data)");
    check(options.data.path.empty() || !options.model.empty(), "--data is for the feature extractor: name it with --model");
    check(options.reference.empty() || !options.model.empty(), "--reference is the source of --model: name that too");
}

}  // namespace

namespace {

struct Built {
    HdcResult result;
    Model model;
    std::optional<FeatureExtractor> extractor;
};

Built built(const HdcOptions& options) {
    Built b;
    HdcResult& out = b.result;
    std::optional<hdc::ReadResult> read;
    if (!options.file.empty()) read = hdc::read_model(options.file, options.projection_key, options.prototypes_key);
    if (!options.model.empty()) {
        b.extractor.emplace(options, read ? read->model.features : 0);
        out.notes = b.extractor->notes();
    }
    if (read) out.notes.insert(out.notes.end(), read->notes.begin(), read->notes.end());
    b.model = read ? std::move(read->model) : train(options, *b.extractor, out);

    hdc::IntegerOptions how = options.integer;
    if (b.extractor) {
        how.features = b.extractor->quant();
    } else {
        how.features.zero_point = {options.zero_point.value_or(0)};
        if (!options.zero_point)
            out.notes.push_back(
                "no --model: the zero point of the features is taken as 0; name the model, or state --zero-point");
    }
    out.classifier = hdc::quantized(b.model, how);
    out.notes.insert(out.notes.end(), out.classifier.notes.begin(), out.classifier.notes.end());
    out.components = components_of(options, b.model, out.classifier, b.extractor ? &*b.extractor : nullptr);
    if (b.extractor && !options.data.path.empty()) {
        measure(options, b.model, *b.extractor, out);
        out.class_names = b.extractor->class_names();
    } else if (!options.data.labels.empty()) {
        out.class_names = read_class_names(options.data.labels);
    }
    return b;
}

}  // namespace

HdcResult study_hdc(const HdcOptions& options) { return built(options).result; }

HdcResult build_hdc(const HdcOptions& options) {
    check_line(options);
    Built b = built(options);
    HdcResult& out = b.result;
    if (!out.class_names.empty() && out.class_names.size() != b.model.classes)
        out.notes.push_back(fmt::format("{} names for {} classes: no embhd_labels.h", out.class_names.size(), b.model.classes));
    std::vector<hdc::CSource> pipeline;
    if (b.extractor && !options.headers_only)
        pipeline = options.chain ? options.chain(*b.extractor, out) : pipeline_sources(options, *b.extractor, out);
    write_hdc(options, out.training ? &b.model : nullptr, pipeline, out);
    return std::move(out);
}

}  // namespace tinsmith
