#include "api/quantize.hpp"

#include "data/sanity.hpp"
#include "ir/verify.hpp"
#include "pass/passes.hpp"
#include "quant/apply.hpp"
#include "quant/split_outputs.hpp"

namespace tinsmith {

// An input of pixels has the range of its preprocessing, whatever was observed: raw pixels are then its integers.
static void state_ranges(const Graph& graph, const Samples& samples, Ranges& ranges, std::vector<std::string>& notes) {
    for (size_t p = 0; p < graph.inputs.size(); ++p) {
        const auto& [name, value, note] = graph.inputs[p];
        if (const auto stated = samples.stated_range(p); stated && ranges.tensors[value]) {
            ranges.tensors[value]->range = {stated->first, stated->second};
            notes.push_back(fmt::format(
                "input '{}' is from {:g} to {:g} by its preprocessing: raw pixels are its integers (int8: pixel - 128)", name,
                stated->first, stated->second));
        }
        if (samples.scaled_by_channel(p))
            notes.push_back(
                fmt::format("WARNING: input '{}' has a mean and a deviation for each channel: raw pixels are not its integers; "
                            "--fold-normalize puts the normalisation into the model",
                            name));
    }
}

static Ranges ranges_for(const Graph& graph, const DataOptions& data, const QuantizeOptions& options,
                         std::vector<std::string>& notes) {
    if (!options.ranges.empty()) {
        RangesFile file = load_ranges(graph, options.ranges);
        notes.insert(notes.end(), file.notes.begin(), file.notes.end());
        return std::move(file.ranges);
    }
    check(!data.path.empty() || options.calibration.random,
          "integers need the range of every tensor: add --data FILE with samples of real inputs (100 or more), --ranges FILE "
          "with "
          "ranges from an earlier run, or --calibration random to go without");
    DataOptions drawn = data;
    constexpr int64_t random_samples = 32;
    if (options.calibration.random) {
        drawn.path.clear();
        drawn.samples = data.samples.value_or(random_samples);
        notes.push_back(
            "calibrated on random noise: the ranges are not those of real inputs, and accuracy is not what it could be");
    }
    const Samples samples(graph, drawn);
    if (!samples.random()) {
        const SampleCheck sane = check_samples(samples, drawn, options.calibration.threads);
        for (const std::string& warning : sane.warnings) notes.push_back("WARNING: " + warning);
    }
    Calibration calibration = calibrate(graph, samples, options.calibration);
    notes.insert(notes.end(), calibration.notes.begin(), calibration.notes.end());
    state_ranges(graph, samples, calibration.ranges, notes);
    return std::move(calibration.ranges);
}

Quantized quantize(Graph graph, const DataOptions& data, const QuantizeOptions& options) {
    Quantized out;
    Ranges ranges = ranges_for(graph, data, options, out.notes);
    if (!options.save_ranges.empty()) save_ranges(graph, ranges, options.save_ranges);
    out.ranges_digest = digest(graph, ranges);
    std::vector<std::string> split = split_outputs(graph, ranges);
    out.notes.insert(out.notes.end(), split.begin(), split.end());
    const QuantPlan plan = plan_quantization(graph, ranges, options.recipe);
    out.notes.insert(out.notes.end(), plan.notes.begin(), plan.notes.end());
    if (options.show_plan) options.show_plan(print_plan(graph, plan));
    out.graph = apply_plan(graph, plan);
    remove_dead_code(out.graph, {});
    verify(out.graph);
    return out;
}

}  // namespace tinsmith
