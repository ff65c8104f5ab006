#include "api/fit_pipeline.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

// Products of the projection and of the comparison with prototypes.
double macs_of(const hdc::Integer& c) {
    return static_cast<double>(c.dimensions) * static_cast<double>(c.features + c.classes);
}

// How the projection is stored: what a product takes, and what is read from flash.
enum class Form : uint8_t { bytes, bits, seed };

double milliseconds(const Target& target, Form form, double features, double dimensions, double classes) {
    const char* const name = form == Form::seed ? "HdcSeed" : form == Form::bits ? "HdcBits" : "HdcClassifier";
    const auto own = target.core.work.find(name);
    const Work& work = own != target.core.work.end() ? own->second : target.core.work.find("otherwise")->second;
    const double macs = dimensions * (features + classes);
    const double stored = form == Form::bytes ? macs : form == Form::bits ? macs / 8 : dimensions * classes / 8;
    return 1e3 * (macs * work.per_mac * target.core.cycles_per_instruction / target.clock_hz +
                  reading_seconds(target, static_cast<uint64_t>(stored)));
}

double milliseconds(const Target& target, Form form, const hdc::Integer& c) {
    return milliseconds(target, form, static_cast<double>(c.features), static_cast<double>(c.dimensions),
                        static_cast<double>(c.classes));
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

// What would bring the classifier below `limit` milliseconds.
void advise_classifier(const Target& target, const hdc::Integer& c, Form form, double limit, FitResult& result) {
    const double bits = milliseconds(target, Form::bits, c);
    if (form == Form::bytes)
        result.advice.push_back(fmt::format(
            "hdc: at 1 bit a number (--bits 1; --binarize where it is not bipolar) it takes about {:.3g} ms and {} bytes{}",
            bits, (c.dimensions + 31) / 32 * 4 * (c.features + c.classes),
            bits <= limit ? ": that fits; --data shows what it costs" : "; --data shows what it costs"));
    const Form smallest = form == Form::bytes ? Form::bits : form;
    const double share = limit / milliseconds(target, smallest, c);
    const auto dimensions = static_cast<size_t>(static_cast<double>(c.dimensions) * share) / 32 * 32;
    if (share < 1 && dimensions > 0)
        result.advice.push_back(
            fmt::format("hdc: {} dimensions instead of {} would fit at {} (hdc --train --dimensions {})", dimensions,
                        c.dimensions, smallest == Form::seed ? "a projection from its seed" : "1 bit a number", dimensions));
}

}  // namespace

void add_classifier(const FitOptions& options, FitResult& result) {
    const FitPipeline& pipeline = *options.pipeline;
    const HdcResult study = study_hdc(pipeline.hdc);
    const hdc::Integer& c = study.classifier;
    const double macs = macs_of(c);
    const Form form = c.seed ? Form::seed : c.projection.bits.empty() ? Form::bytes : Form::bits;
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
    const double features_ms = total.value, classifier_ms = milliseconds(options.target, form, c);
    total.value += classifier_ms;
    line_of(result, "energy").value *= total.value / features_ms;
    const auto at = static_cast<std::ptrdiff_t>(&total - result.lines.data());
    FitLine stages[] = {line("features latency", "ms", features_ms, pipeline.features_ms),
                        line("hdc latency", "ms", classifier_ms, pipeline.classifier_ms)};
    for (FitLine& stage : stages) stage.estimated = true;
    const double left = total.limit ? *total.limit - features_ms : classifier_ms;
    const double may = std::min(pipeline.classifier_ms.value_or(classifier_ms), left > 0 ? left : classifier_ms);
    if (classifier_ms > may) advise_classifier(options.target, c, form, may, result);
    result.lines.insert(result.lines.begin() + at, std::begin(stages), std::end(stages));
    result.lines.push_back(
        line("size ratio", "x", static_cast<double>(original) / static_cast<double>(optimized), pipeline.ratio));
    result.lines.back().at_least = true;
    add_accuracy(pipeline, study, result);
    result.notes.insert(result.notes.end(), study.notes.begin(), study.notes.end());
}

}  // namespace tinsmith
