#include "quant/calibrate.hpp"

#include "base/parallel.hpp"
#include "op/list.hpp"
#include "op/lstm.hpp"
#include "quant/choose_range.hpp"
#include "quant/normalization.hpp"
#include "quant/scan.hpp"
#include "quant/softmax_masks.hpp"
#include "quant/spread.hpp"
#include "quant/suspicions.hpp"
#include "quant/tensor_kind.hpp"
#include "run/session.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>

namespace tinsmith {

// Numbers of one tensor in one sample that go into its histogram, and over all samples: counts have 32 bits.
static constexpr size_t most_picked = 4096, least_picked = 64, most_counted = size_t{1} << 31;
// The weight of a sample's extremes in the moving average, once there are more samples than its inverse.
static constexpr float least_weight = 0.01f;

// Deviations of the samples' extremes by which the range of a tensor goes beyond them: all for the few numbers of a feature or a
// logit, none for a map of many, where a number that is cut off costs little and coarser steps cost everywhere.
static float margin(int64_t elements) {
    constexpr double most = 2, few = 2'500, many = 20'000;
    const double share = std::log(many / static_cast<double>(std::max<int64_t>(elements, 1))) / std::log(many / few);
    return static_cast<float>(most * std::clamp(share, 0.0, 1.0));
}

namespace {

// Of one sample.
struct Extremes {
    std::vector<std::optional<Range>> seen;  // by ValueId
    std::map<ValueId, Range> states;         // cell states of LSTMs, by output
};

// What samples leave behind that may be added up in any order.
struct Tally {
    std::vector<Histogram> histograms;  // by ValueId
    std::vector<bool> filled;           // by ValueId: both bounds that the tensor's activation sets have occurred
    std::vector<float> picked;          // for work
};

// Every `step`-th number goes into the histogram; the step meets every index of the last axis.
struct Picking {
    size_t step = 1;

    Picking(const Type& type, size_t samples) {
        const size_t most = std::clamp(most_counted / std::max<size_t>(samples, 1), least_picked, most_picked);
        const auto count = static_cast<size_t>(type.elements());
        step = (count + most - 1) / most;
        const size_t last = type.shape.empty() ? 1 : static_cast<size_t>(type.shape.back());
        while (step > 1 && std::gcd(step, last) != 1) ++step;
    }
    // Another place to start for every sample.
    size_t phase(size_t sample) const { return sample * 7919 % step; }
};

// A Pad in front of a maximum, with what no maximum is: its value is no number that has to be stored.
bool pads_with_lowest(const Node& node) {
    return node.is(op::Pad) && node.text("mode") == "constant" &&
           node.real("value") <= static_cast<double>(std::numeric_limits<float>::lowest());
}

// Of what has to be observed.
std::vector<TensorKind> observed_kinds(const Graph& graph) {
    std::vector<TensorKind> kinds = tensor_kinds(graph);
    for (const Node& node : graph.nodes)
        if (pads_with_lowest(node)) kinds[node.outputs[0]] = TensorKind::other;
    for (const SoftmaxMask& mask : softmax_masks(graph))
        for (ValueId id : mask.masked) kinds[id] = TensorKind::other;
    return kinds;
}

Range with_zero(const Range& range) { return {std::min(range.min, 0.0f), std::max(range.max, 0.0f)}; }

class Watch {
public:
    Watch(const Graph& graph, const Samples& samples, const CalibrationOptions& options)
        : graph_(graph), samples_(samples), options_(options), kinds_(observed_kinds(graph)) {
        const std::vector<bool> normalizes = normalization_nodes(graph);
        const bool transformer = std::find(normalizes.begin(), normalizes.end(), true) != normalizes.end();
        for (ValueId id = 0; id < graph.values.size(); ++id) {
            const TensorKind kind = kinds_[id];
            observers_.push_back(!automatic()                                ? options.observer
                                 : transformer && kind != TensorKind::output ? Observer::mse
                                                                             : default_observer(kind));
            const bool seen = kind != TensorKind::other;
            pickings_.push_back(seen ? Picking(graph.type(id), samples.size()) : Picking({}, 1));
        }
        bounds_.resize(graph.values.size());
        for (const Node& node : graph.nodes) bounds_[node.outputs[0]] = activation_bounds(node);
    }

    Calibration run() {
        Ranges& ranges = result_.ranges;
        ranges.tensors.resize(graph_.values.size());
        ranges.samples = static_cast<int64_t>(samples_.size());
        ranges.method = observer_name(options_.observer);
        ranges.random = options_.random;
        averages_.resize(graph_.values.size());
        spreads_.resize(graph_.values.size());
        make_session();
        const auto consume = [&](size_t i, const Extremes& extremes) {
            add(i, extremes);
            if (options_.progress)
                options_.progress("calibrating", static_cast<int64_t>(i + 1), static_cast<int64_t>(samples_.size()));
        };
        ordered_parallel(
            samples_.size(), side_by_side(graph_, options_.threads), [&](size_t i) { return watch(i); }, consume);
        choose();
        derive_pads();
        derive_masked();
        result_.notes = suspicions(graph_, ranges);
        return std::move(result_);
    }

private:
    // What is computed while the session is made is observed once.
    void make_session() {
        std::unique_ptr<Tally> tally = take_tally();
        Extremes extremes{std::vector<std::optional<Range>>(graph_.values.size()), {}};
        session_.emplace(graph_, SessionOptions{.runs = static_cast<int64_t>(samples_.size()),
                                                .folded = [&](const EvalContext& c) { observe_node(0, c, *tally, extremes); }});
        tallies_.push_back(std::move(tally));
        add(0, extremes);
    }

    bool automatic() const { return options_.observer == Observer::automatic; }

    // Of fewer numbers a distribution shows no tails that could be cut off.
    int64_t fewest_numbers(Observer observer) const {
        constexpr int64_t for_squares = 2000;
        if (observer == Observer::percentile)
            return static_cast<int64_t>(2 / (1 - std::min(options_.percentile, 99.9999) / 100));
        return observer == Observer::mse ? for_squares : 0;
    }

    bool counts(ValueId id) const {
        const Observer observer = observers_[id];
        return observer == Observer::percentile || observer == Observer::mse || observer == Observer::entropy;
    }

    void observe(size_t sample, ValueId id, const std::byte* data, Tally& tally, Extremes& extremes) const {
        if (kinds_[id] == TensorKind::other || graph_.type(id).elements() == 0) return;
        const std::span numbers(reinterpret_cast<const float*>(data), static_cast<size_t>(graph_.type(id).elements()));
        const Picking& picking = pickings_[id];
        std::vector<float>* const picked = counts(id) ? &tally.picked : nullptr;
        tally.picked.clear();
        if (tally.filled[id]) {
            extremes.seen[id] = bounds_[id];
            if (picked) pick(numbers, picking.step, picking.phase(sample), *picked);
        } else {
            const Scan seen = scan(numbers, picking.step, picking.phase(sample), picked);
            check(seen.finite, "sample {}: tensor '{}' holds a NaN or an infinity", sample, graph_.value(id).name);
            extremes.seen[id] = Range{seen.min, seen.max};
            tally.filled[id] = bounds_[id] == extremes.seen[id] && observers_[id] != Observer::moving_average;
        }
        if (picked) tally.histograms[id].add(*picked, with_zero(*extremes.seen[id]));
    }

    void observe_node(size_t sample, const EvalContext& c, Tally& tally, Extremes& extremes) const {
        for (size_t o = 0; o < c.out.size(); ++o) observe(sample, c.node.outputs[o], c.out[o].data, tally, extremes);
        if (!c.node.is(op::LSTM) || !extremes.seen[c.node.outputs[0]]) return;
        Range& state = extremes.states[c.node.outputs[0]];
        see_lstm_states(c, [&](std::span<const float> cells) {
            const Scan now = scan(cells, 1, 0, nullptr);
            state = {std::min(state.min, now.min), std::max(state.max, now.max)};
        });
    }

    std::unique_ptr<Tally> take_tally() {
        std::lock_guard lock(mutex_);
        if (tallies_.empty())
            return std::make_unique<Tally>(
                Tally{std::vector<Histogram>(graph_.values.size()), std::vector<bool>(graph_.values.size()), {}});
        std::unique_ptr<Tally> tally = std::move(tallies_.back());
        tallies_.pop_back();
        return tally;
    }

    Extremes watch(size_t sample) {
        Extremes extremes{std::vector<std::optional<Range>>(graph_.values.size()), {}};
        std::unique_ptr<Tally> tally = take_tally();
        const std::vector<Buffer> inputs = samples_.inputs(sample);
        for (size_t p = 0; p < inputs.size(); ++p)
            observe(sample, graph_.inputs[p].value, inputs[p].bytes().data(), *tally, extremes);
        session_->run(inputs, [&](const EvalContext& c) { observe_node(sample, c, *tally, extremes); });
        std::lock_guard lock(mutex_);
        tallies_.push_back(std::move(tally));
        return extremes;
    }

    void add(size_t sample, const Extremes& extremes) {
        const float weight = std::max(1 / static_cast<float>(sample + 1), least_weight);
        for (ValueId id = 0; id < extremes.seen.size(); ++id) {
            if (!extremes.seen[id]) continue;
            const Range& now = *extremes.seen[id];
            auto& known = result_.ranges.tensors[id];
            if (!known) known = {now, now, 0, 0, std::nullopt};
            known->seen = {std::min(known->seen.min, now.min), std::max(known->seen.max, now.max)};
            known->count += graph_.type(id).elements();
            spreads_[id].add(now);
            Range& average = averages_[id];
            average = {average.min + (now.min - average.min) * weight, average.max + (now.max - average.max) * weight};
        }
        for (const auto& [id, now] : extremes.states) {
            auto& state = result_.ranges.tensors[id]->state;
            state = {std::min(state ? state->min : 0, now.min), std::max(state ? state->max : 0, now.max)};
        }
    }

    void choose() {
        for (ValueId id = 0; id < graph_.values.size(); ++id) {
            auto& found = result_.ranges.tensors[id];
            if (!found) continue;
            Histogram all;
            for (const auto& tally : tallies_) all.merge(tally->histograms[id]);
            const bool few = automatic() && found->count < fewest_numbers(observers_[id]);
            const Observer observer = few ? Observer::minmax : observers_[id];
            switch (observer) {
                case Observer::moving_average: found->range = averages_[id]; break;
                case Observer::percentile: found->range = percentile_range(all, found->seen, options_.percentile); break;
                case Observer::mse: found->range = mse_range(all, found->seen); break;
                case Observer::entropy: found->range = entropy_range(all, found->seen); break;
                default: found->range = found->seen;
            }
            if (automatic() && observer == Observer::minmax)
                found->range = within_bounds(id, spreads_[id].widened(found->range, margin(graph_.type(id).elements())));
            if (!all.empty()) found->outside = share_outside(all, found->range);
        }
    }

    Range within_bounds(ValueId id, const Range& range) const {
        if (!bounds_[id]) return range;
        return {std::max(range.min, bounds_[id]->min), std::min(range.max, bounds_[id]->max)};
    }

    // A Pad that a convolution does by itself was not run: it adds zeros to what it reads. One with the lowest number adds nothing.
    void derive_pads() {
        auto& tensors = result_.ranges.tensors;
        for (const Node& node : graph_.nodes) {
            if (!node.is(op::Pad) || tensors[node.outputs[0]] || !tensors[node.inputs[0]]) continue;
            Observation o = *tensors[node.inputs[0]];
            if (!pads_with_lowest(node)) {
                o.range = with_zero(o.range);
                o.seen = with_zero(o.seen);
            }
            tensors[node.outputs[0]] = o;
        }
    }

    void derive_masked() {
        auto& tensors = result_.ranges.tensors;
        for (const SoftmaxMask& mask : softmax_masks(graph_)) {
            if (!tensors[mask.scores]) continue;
            Observation o = *tensors[mask.scores];
            o.range = masked_range(graph_, mask, o.range);
            o.seen = masked_range(graph_, mask, o.seen);
            for (ValueId id : mask.masked) tensors[id] = o;
        }
    }

    const Graph& graph_;
    const Samples& samples_;
    const CalibrationOptions& options_;
    std::optional<Session> session_;
    const std::vector<TensorKind> kinds_;
    std::vector<Observer> observers_;  // by ValueId, as what follows
    std::vector<Picking> pickings_;
    std::vector<std::optional<Range>> bounds_;
    std::vector<Range> averages_;
    std::vector<Spread> spreads_;
    Calibration result_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Tally>> tallies_;  // as many as samples ran at once
};

}  // namespace

Calibration calibrate(const Graph& graph, const Samples& samples, const CalibrationOptions& options) {
    return Watch(graph, samples, options).run();
}

}  // namespace tinsmith
