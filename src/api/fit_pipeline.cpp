#include "api/fit_pipeline.hpp"

namespace tinsmith {

namespace {

// Products of the projection and of the comparison with prototypes.
double macs_of(const hdc::Integer& c) {
    return static_cast<double>(c.dimensions) * static_cast<double>(c.features + c.classes);
}

double milliseconds(const Target& target, double macs) {
    const auto own = target.core.work.find("HdcClassifier");
    const Work& work = own != target.core.work.end() ? own->second : target.core.work.find("otherwise")->second;
    return macs * work.per_mac * target.core.cycles_per_instruction / target.clock_hz * 1e3;
}

FitLine& line_of(FitResult& result, std::string_view what) { return const_cast<FitLine&>(result.line(what)); }

FitLine line(std::string what, std::string unit, double value, std::optional<double> limit) {
    FitLine out{std::move(what), std::move(unit), value, limit, {}, false, false};
    if (limit) out.limit_of = "the limit";
    return out;
}

void add_accuracy(const FitPipeline& pipeline, const HdcResult& study, FitResult& result) {
    if (study.stages.empty()) {
        if (pipeline.accuracy_kept_percent)
            fail(Fault::input,
                 "--min-accuracy-kept is measured: --data and --labels-data (and --reference, the float model) are missing");
        return;
    }
    const HdcStage& all = study.stages.back();
    const double before = static_cast<double>(study.labelled ? all.original_right : all.samples);
    const double after = static_cast<double>(study.labelled ? all.quantized_right : all.agreed);
    result.lines.push_back(line(study.labelled ? "accuracy kept" : "same class", "%", before > 0 ? 100 * after / before : 100,
                                pipeline.accuracy_kept_percent));
    result.lines.back().at_least = true;
    for (const HdcStage& stage : study.stages)
        if (study.labelled)
            result.notes.push_back(fmt::format("{}: {} of {} right as floats, {} on integers", stage.name, stage.original_right,
                                               stage.samples, stage.quantized_right));
}

}  // namespace

void add_classifier(const FitOptions& options, FitResult& result) {
    const FitPipeline& pipeline = *options.pipeline;
    const HdcResult study = study_hdc(pipeline.hdc);
    const hdc::Integer& c = study.classifier;
    const double macs = macs_of(c);
    uint64_t original = 0, optimized = 0, matrices = 0;
    for (const HdcComponent& part : study.components) {
        original += part.original;
        optimized += part.optimized;
    }
    matrices = c.projection.size() + c.prototypes.size();
    line_of(result, "size").value += static_cast<double>(matrices);
    line_of(result, "parameters").value += static_cast<double>(c.dimensions * (c.features + c.classes));
    line_of(result, "operations").value += 2 * macs;
    FitLine& total = line_of(result, "latency");
    const double features_ms = total.value, classifier_ms = milliseconds(options.target, macs);
    total.value += classifier_ms;
    line_of(result, "energy").value *= total.value / features_ms;
    const auto at = static_cast<std::ptrdiff_t>(&total - result.lines.data());
    FitLine stages[] = {line("features latency", "ms", features_ms, pipeline.features_ms),
                        line("hdc latency", "ms", classifier_ms, pipeline.classifier_ms)};
    for (FitLine& stage : stages) stage.estimated = true;
    result.lines.insert(result.lines.begin() + at, std::begin(stages), std::end(stages));
    result.lines.push_back(
        line("size ratio", "x", static_cast<double>(original) / static_cast<double>(optimized), pipeline.ratio));
    result.lines.back().at_least = true;
    add_accuracy(pipeline, study, result);
    result.notes.insert(result.notes.end(), study.notes.begin(), study.notes.end());
}

}  // namespace tinsmith
