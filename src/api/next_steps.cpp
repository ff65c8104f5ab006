#include "api/next_steps.hpp"

#include "api/class_names.hpp"
#include "api/rank_layers.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith {

namespace {

// What remains to be said is less certain than what was measured.
constexpr double general_advice = 0.05;

void add_clipping(const Case& found, std::vector<NextStep>& out) {
    if (!found.source) return;
    const Pairing pairing(*found.source_runner, *found.result_runner);
    const std::vector<Clipping> clipped = clipping(*found.source, *found.result, *found.samples, pairing);
    if (clipped.empty()) return;
    std::string tensors;
    for (size_t i = 0; i < std::min<size_t>(clipped.size(), 5); ++i)
        tensors += fmt::format("{}'{}' {:.1f} %", i ? ", " : "", clipped[i].tensor, 100 * clipped[i].share);
    out.push_back(
        {"calibration",
         fmt::format("values are cut off at the ends of their 8-bit ranges: {}. The calibration samples were not like "
                     "these: calibrate on samples of every class with --data, or with --calibration minmax",
                     tensors),
         std::min(1.0, 0.3 + clipped[0].share)});
}

void add_normalization(const Case& found, std::vector<NextStep>& out) {
    const std::vector<Trial> trials = try_normalizations(found);
    // It must do clearly better: at most half as often wrong; and where only agreement tells, as well as was asked for.
    if (trials.size() < 2 || trials[1].score < trials[0].score + 0.05) return;
    if (1 - trials[1].score > (1 - trials[0].score) / 2) return;
    if (!found.figures->labelled && trials[1].score < found.threshold) return;
    const char* measure = found.figures->labelled ? "accuracy" : "agreement";
    out.push_back(
        {"normalization",
         fmt::format("the inputs look scaled otherwise than in training: with {} the {} is {:.1f} % instead of {:.1f} %. "
                     "State it with --normalize",
                     trials[1].name, measure, 100 * trials[1].score, 100 * trials[0].score),
         1 + trials[1].score});
}

// Wilson's interval, 95 %: with few samples a share says little.
std::pair<double, double> wilson(double share, double count) {
    const double z = 1.96;
    const double middle = (share + z * z / (2 * count)) / (1 + z * z / count);
    const double half = z / (1 + z * z / count) * std::sqrt(share * (1 - share) / count + z * z / (4 * count * count));
    return {middle - half, middle + half};
}

// By the share of errors that is certain; a class of a few samples is no evidence.
void add_classes(const Case& found, std::vector<NextStep>& out) {
    constexpr int64_t fewest = 3;
    const Validation& v = *found.figures;
    if (v.task != Task::classes || v.disagreements.empty()) return;
    const Classification& by = v.has_source ? v.against_source : v.result;
    std::vector<std::pair<double, int32_t>> worst;
    for (int32_t c : by.classes())
        if (by.with_truth(c) >= fewest && by.recall(c) < 1)
            worst.emplace_back(wilson(1 - by.recall(c), static_cast<double>(by.with_truth(c))).first, c);
    if (worst.empty()) return;
    std::sort(worst.rbegin(), worst.rend());
    std::string text;
    for (size_t i = 0; i < std::min<size_t>(worst.size(), 3); ++i)
        text += fmt::format("{}'{}' {:.1f} % of {}", i ? ", " : "", class_name(*found.class_names, worst[i].second),
                            100 * (1 - by.recall(worst[i].second)), by.with_truth(worst[i].second));
    out.push_back(
        {"classes",
         fmt::format("most often decided otherwise: {}. See that the calibration samples have enough of these classes", text),
         worst[0].first * 0.5});
}

void add_samples(const Case& found, std::vector<NextStep>& out) {
    const auto [low, high] = wilson(found.figures->agreed, static_cast<double>(found.samples->size()));
    if (high < found.threshold) return;
    out.push_back(
        {"samples",
         fmt::format("{} samples leave it open: the agreement lies between {:.1f} % and {:.1f} % (95 % sure). Validate on more",
                     found.samples->size(), 100 * low, 100 * std::min(1.0, high)),
         0.4});
}

bool has_integers(const Graph& graph) {
    return std::any_of(graph.values.begin(), graph.values.end(), [](const Value& value) { return is_quantised(value.type); });
}

void add_layers(const Case& found, std::vector<NextStep>& out) {
    if (!found.source) return;
    std::vector<LayerLoss> worst = rank_layers(*found.source, *found.samples);
    constexpr size_t named = 3;
    worst.resize(std::min(worst.size(), named));
    if (worst.empty()) return;
    std::string losses, rules;
    for (const LayerLoss& layer : worst) {
        const char* const comma = losses.empty() ? "" : ", ";
        losses += fmt::format("{}'{}' {:.1f} dB", comma, layer.layer, layer.sqnr);
        rules += fmt::format("{}{{\"layer\": \"{}\", \"scheme\": \"float\"}}", comma, layer.layer);
    }
    out.push_back({"layers",
                   fmt::format("these layers cost most, each alone on integers: {}. Leave them in float with a --recipe FILE "
                               "of {{\"rules\": [{}]}}",
                               losses, rules),
                   0.35});
}

}  // namespace

std::vector<NextStep> next_steps(const Case& found) {
    std::vector<NextStep> out;
    add_normalization(found, out);
    const bool integers = has_integers(*found.result);
    if (integers) add_clipping(found, out);
    add_classes(found, out);
    add_samples(found, out);
    if (integers) {
        add_layers(found, out);
        out.push_back({"float16", "--method float16: half the size of float32, and close to it", general_advice});
        out.push_back(
            {"qat", "train on with simulated 8 bits (quantisation-aware training) and convert that model", general_advice / 2});
    }
    std::stable_sort(out.begin(), out.end(), [](const NextStep& a, const NextStep& b) { return a.weight > b.weight; });
    return out;
}

}  // namespace tinsmith
