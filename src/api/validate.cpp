#include "api/validate.hpp"

#include "api/class_names.hpp"
#include "api/raw_pixels.hpp"
#include "base/parallel.hpp"
#include "data/convert.hpp"
#include "data/record.hpp"

#include <cmath>

namespace tinsmith {

namespace {

// A model alone: its own outputs stand for both of a pair.
std::vector<OutputPair> own_outputs(const Runner& model, std::span<const Buffer> inputs) {
    std::vector<OutputPair> out;
    std::vector<Buffer> outputs = model.run(inputs);
    for (size_t o = 0; o < outputs.size(); ++o) {
        const Type& type = model.graph().type(model.graph().outputs[o].value);
        out.push_back({type, outputs[o], &type, outputs[o]});
    }
    return out;
}

// Agreement decides, or the drop in accuracy where that was asked for; without a source, the accuracy.
void judge(const ValidateOptions& options, ValidateResult& out) {
    const Validation& v = out.figures;
    const char* measure = v.task == Task::reconstruction ? "AUC" : "accuracy";
    if (options.max_drop) {
        check(v.labelled && v.has_source, "--max-drop compares accuracies: it needs labels (--labels-data) and --reference");
        const double drop = v.source_accuracy() - v.result_accuracy();
        out.passed = drop <= *options.max_drop;
        out.rule = fmt::format("{} drops by {:.4g}, {:.4g} is allowed", measure, drop, *options.max_drop);
    } else if (v.has_source) {
        out.passed = v.agreed >= options.threshold;
        out.rule = fmt::format("agreement {:.2f} %, {:.4g} % is asked for", 100 * v.agreed, 100 * options.threshold);
    } else {
        out.passed = v.result_accuracy() >= options.threshold;
        out.rule =
            fmt::format("{} {:.2f} %, {:.4g} % is asked for", measure, 100 * v.result_accuracy(), 100 * options.threshold);
    }
}

Validation compute(const ValidateOptions& options, const Runner* source, const Runner& result, const Samples& samples,
                   bool named) {
    std::optional<Pairing> pairing;
    if (source) pairing.emplace(*source, result);
    Validator validator(source ? &source->graph() : nullptr, result.graph(),
                        pairing ? pairing->names() : std::vector<std::string>(), samples.labelled(), named, options.k);
    struct Computed {
        std::vector<Buffer> inputs;
        std::vector<OutputPair> outputs;
    };
    const auto produce = [&](size_t i) {
        std::vector<Buffer> inputs = samples.inputs(i);
        std::vector<OutputPair> outputs = pairing ? pairing->run(inputs) : own_outputs(result, inputs);
        return Computed{std::move(inputs), std::move(outputs)};
    };
    const auto consume = [&](size_t i, const Computed& got) {
        const std::vector<double> input =
            got.inputs.empty() ? std::vector<double>() : real_values(samples.input_type(0), got.inputs[0]);
        validator.add(i, input, got.outputs, samples.labelled() ? std::optional(samples.label(i)) : std::nullopt);
        if (options.progress) options.progress("validating", static_cast<int64_t>(i + 1), static_cast<int64_t>(samples.size()));
    };
    const int threads = side_by_side(result.graph(), options.threads);
    ordered_parallel(samples.size(), source ? side_by_side(source->graph(), threads) : threads, produce, consume);
    return validator.finish();
}

}  // namespace

ValidateResult validate_model(const ValidateOptions& options) {
    check(!options.data.path.empty() || !options.reference.empty(), "validate needs --data, --reference, or both");
    check_runtime(options.runtime, options.read);
    ReadOptions alone;
    alone.reset_states = options.read.reset_states;
    ReadResult model = read_model(options.model, options.reference.empty() ? options.read : alone);
    std::optional<ReadResult> source;
    if (!options.reference.empty()) source = read_model(options.reference, options.read);
    ValidateResult out;
    DataOptions data = options.data;
    if (const std::string other = contradiction(data.preprocess, options.model); !other.empty())
        out.notes.push_back("WARNING: " + other);
    add_recorded(data, model.graph, options.model);
    if (source) add_recorded(data, source->graph, options.reference);
    data.model_layout = usual_layout(source ? source->format : model.format);
    if (source && data.preprocess.folded) take_raw_pixels(source->graph, *data.preprocess.folded, data);
    const Samples samples(source ? source->graph : model.graph, data);
    check(source || samples.labelled(), "there are no labels: name them with --labels-data, or the source with --reference");
    const auto note = [&](const std::vector<std::string>& notes) {
        out.notes.insert(out.notes.end(), notes.begin(), notes.end());
    };
    note(model.notes);
    if (source) note(source->notes);
    note(samples.notes());

    const auto result_runner = make_runner(options.model, model.graph, options.runtime, samples.size());
    std::unique_ptr<Runner> source_runner;
    if (source) {
        RuntimeOptions here;
        here.plain = options.runtime.plain;
        source_runner = make_runner(options.reference, source->graph, here, samples.size());
    }
    out.class_names = class_names(options.model, samples, source ? source->classes : model.classes);
    out.figures = compute(options, source_runner.get(), *result_runner, samples, !out.class_names.empty());
    for (const Decision& d : out.figures.disagreements) out.disagreeing.push_back(samples.name(d.sample));
    judge(options, out);
    if (!out.passed)
        out.next_steps = next_steps({source ? &source->graph : nullptr, &model.graph, source_runner.get(), result_runner.get(),
                                     &samples, &out.figures, &out.class_names, options.threshold});
    return out;
}

}  // namespace tinsmith
