#include "api/quantize.hpp"

#include "ir/macs.hpp"
#include "ir/verify.hpp"
#include "pass/passes.hpp"
#include "quant/apply.hpp"
#include "quant/balance_products.hpp"
#include "quant/bound_masks.hpp"
#include "quant/clip_to_readers.hpp"
#include "quant/fold_stored_constants.hpp"
#include "quant/kept_variation.hpp"
#include "quant/normalization.hpp"
#include "quant/reconstruct.hpp"
#include "quant/refine_weights.hpp"
#include "quant/share_scales.hpp"
#include "quant/split_outputs.hpp"
#include "quant/suspicions.hpp"
#include "quant/take_stated_scales.hpp"

#include <algorithm>

namespace tinsmith {

// An input of pixels has the range of its preprocessing, whatever was observed: raw pixels are then its integers.
static void state_ranges(const Graph& graph, const Samples& samples, Ranges& ranges, std::vector<std::string>& notes) {
    for (size_t p = 0; p < graph.inputs.size(); ++p) {
        const auto& [name, value, note] = graph.inputs[p];
        if (const auto stated = samples.stated_range(p); stated && ranges.tensors[value]) {
            ranges.tensors[value]->range = {stated->first, stated->second};
            ranges.tensors[value]->count = 0;  // not observed
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

static int64_t count_of(const StatedScales& stated) {
    return std::count_if(stated.begin(), stated.end(), [](const auto& stored) { return stored.has_value(); });
}

// `samples` is what was seen, where there was something.
static Ranges ranges_for(const Graph& graph, const StatedScales& stated, const DataOptions& data,
                         const QuantizeOptions& options, std::optional<Samples>& samples, std::vector<std::string>& notes) {
    if (!options.ranges.empty()) {
        RangesFile file = load_ranges(graph, options.ranges);
        notes.insert(notes.end(), file.notes.begin(), file.notes.end());
        if (data.path.empty()) return std::move(file.ranges);
        samples.emplace(graph, data);
        const Calibration now = calibrate(graph, *samples, options.calibration);
        for (const std::string& warning : disagreements(graph, now.ranges, file.ranges)) notes.push_back("WARNING: " + warning);
        return std::move(file.ranges);
    }
    const auto count = count_of(stated);
    if (count > 0) notes.push_back(fmt::format("{} tensors have the scales that the model states", count));
    if (count > 0 && data.path.empty()) return ranges_of(graph, stated);
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
    samples.emplace(graph, drawn);
    Calibration calibration = calibrate(graph, *samples, options.calibration);
    notes.insert(notes.end(), calibration.notes.begin(), calibration.notes.end());
    state_ranges(graph, *samples, calibration.ranges, notes);
    return std::move(calibration.ranges);
}

// Multiplications for choosing weights, and multiply-accumulates for running samples once more: tenths of a second.
static constexpr double most_work = 3e8, most_macs = 2e9;

static double macs_of(const Graph& graph) {
    double macs = 1;
    for (const Node& node : graph.nodes) macs += static_cast<double>(node_macs(graph, node));
    return macs;
}

// Reconstruction takes seconds, and learns its samples by heart where they are only some of those that there are: all of them, within
// these multiply-accumulates and bytes of the largest tensor.
static bool may_reconstruct(const Graph& graph, const Samples& samples) {
    constexpr double most_stepped = 1e10, most_bytes = 64e6;
    size_t largest = 0;
    for (const Value& value : graph.values)
        if (!value.is_constant()) largest = std::max(largest, value.type.bytes());
    const auto count = static_cast<double>(samples.size());
    return count * macs_of(graph) <= most_stepped && count * static_cast<double>(largest) <= most_bytes;
}

// Where the integers lose most of what tells samples apart, layer after layer is fitted to what the integers in front of it compute.
static void recover(const Graph& exact, Graph& graph, const QuantPlan& plan, const Samples& samples,
                    std::vector<std::string>& notes) {
    constexpr double enough = 15;  // dB
    constexpr size_t few = 4;
    if (!may_reconstruct(exact, samples)) return;
    if (kept_variation(exact, graph, plan, samples, few) >= enough) return;
    const double before = kept_variation(exact, graph, plan, samples, samples.size());
    Graph other = exact;
    reconstruct(other, plan, samples);
    const double after = kept_variation(exact, other, plan, samples, samples.size());
    if (after <= before) return;
    graph = std::move(other);
    notes.push_back(fmt::format(
        "integers kept only {:.1f} dB of what varies in an output: layer after layer was fitted to what the integers "
        "in front of it compute, which keeps {:.1f} dB on these samples; on others it may keep less",
        before, after));
}

static void refine(Graph& graph, const QuantPlan& plan, const Samples& samples, std::vector<std::string>& notes) {
    constexpr double fewest = 4, most = 64;
    const auto runs = static_cast<size_t>(std::clamp(most_macs / macs_of(graph), fewest, most));
    constexpr int64_t most_rows = 1024;
    const Graph exact = graph;
    refine_weights(graph, plan, layer_inputs(graph, plan, samples, runs, most_rows), most_work);
    recover(exact, graph, plan, samples, notes);
}

// The finest integers that any node may have.
static DType finest(const Recipe& recipe) {
    const auto wide = [](Scheme scheme) { return scheme == Scheme::int16x8; };
    const bool any = std::any_of(recipe.rules.begin(), recipe.rules.end(), [&](const RecipeRule& r) { return wide(r.scheme); });
    return wide(recipe.scheme) || any ? DType::i16 : DType::i8;
}

Quantized quantize(Graph graph, const DataOptions& data, const QuantizeOptions& options) {
    supported(graph.states.empty(),
              "the float model keeps states between runs, which are not quantised: --reset-states makes every run start anew; "
              "or quantise it where it was made, or take float16");
    Quantized out;
    std::optional<Samples> samples;
    fold_stored_constants(graph);
    spell_squares_as_products(graph);
    bound_masks(graph);
    const StatedScales stated = take_stated_scales(graph);
    Ranges ranges = ranges_for(graph, stated, data, options, samples, out.notes);
    if (!options.save_ranges.empty()) save_ranges(graph, ranges, options.save_ranges);
    out.ranges_digest = digest(graph, ranges);
    if (count_of(stated) == 0) {
        clip_to_readers(graph, ranges, finest(options.recipe));
        balance_products(graph, ranges);
    }
    std::vector<std::string> split = split_outputs(graph, ranges);
    out.notes.insert(out.notes.end(), split.begin(), split.end());
    QuantPlan plan = plan_quantization(graph, ranges, options.recipe, stated);
    out.notes.insert(out.notes.end(), plan.notes.begin(), plan.notes.end());
    if (samples && count_of(stated) == 0)
        if (const int layers = share_scales(graph, plan, *samples); layers > 0)
            out.notes.push_back(
                fmt::format("one scale for all rows of {} dense layer{}: the file is smaller, the outputs are as good", layers,
                            layers == 1 ? "" : "s"));
    if (options.show_plan) options.show_plan(print_plan(graph, plan));
    if (samples && !samples->random() && options.refine) refine(graph, plan, *samples, out.notes);
    out.graph = apply_plan(graph, plan);
    remove_dead_code(out.graph, {});
    verify(out.graph);
    return out;
}

}  // namespace tinsmith
