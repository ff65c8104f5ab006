#include "report/validation.hpp"

#include "data/convert.hpp"
#include "op/list.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tinsmith {

// Values are "the same" within this share of the output's largest value.
static constexpr double same_value = 0.05;
// Errors of reconstructions are compared with the source's at this place: about where a boundary to anomalies would lie.
static constexpr double boundary_place = 0.95;

static constexpr double not_known = std::numeric_limits<double>::quiet_NaN();

static bool looks_like(const Type& a, const Type& b) {
    Shape x = a.shape, y = b.shape;
    std::erase(x, 1);
    std::erase(y, 1);
    return x == y && a.elements() > 1;
}

enum class End { probabilities, sums, other };  // what computes a value, through what only moves it or stores it otherwise

// Probabilities, or their logarithms; or the sums of a dense layer without an activation, as logits are.
static End end_of(const Graph& graph, ValueId id) {
    for (size_t n = graph.nodes.size(); n-- > 0;) {
        const Node& node = graph.nodes[n];
        if (std::find(node.outputs.begin(), node.outputs.end(), id) == node.outputs.end()) continue;
        if (node.is(op::Sigmoid) || node.is(op::Softmax) || node.is(op::LogSoftmax)) return End::probabilities;
        if (node.is(op::MatMul)) return End::sums;
        if (node.is(op::FullyConnected) || node.is(op::Conv)) return node.text("activation") == "none" ? End::sums : End::other;
        const bool sum = node.is(op::Add) && node.text("activation") == "none";
        const bool moves = node.is(op::Reshape) || node.is(op::Transpose) || node.is(op::Quantize) || node.is(op::Dequantize);
        if (!sum && !moves) return End::other;
        const bool bias_first = sum && graph.is_constant(node.inputs[0]);
        if (sum && !bias_first && !graph.is_constant(node.inputs[1])) return End::other;
        id = node.inputs[bias_first ? 1 : 0];
    }
    return End::other;
}

Task task_of(const Graph& graph, bool known) {
    const Type& out = graph.type(graph.outputs.at(0).value);
    if (graph.inputs.size() == 1 && looks_like(graph.type(graph.inputs[0].value), out)) return Task::reconstruction;
    const bool vector = out.rank() > 0 && out.elements() == out.shape.back() && (is_float(out.dtype) || out.quant);
    if (out.elements() != 1 && !vector) return Task::values;
    const End end = end_of(graph, graph.outputs[0].value);
    return known || end == End::probabilities || (end == End::sums && out.elements() > 1) ? Task::classes : Task::values;
}

double Validation::source_accuracy() const {
    if (!labelled || !has_source) return not_known;
    return task == Task::reconstruction ? source_auc : source.accuracy();
}

double Validation::result_accuracy() const {
    if (!labelled) return not_known;
    return task == Task::reconstruction ? result_auc : result.accuracy();
}

Validator::Validator(const Graph* source, const Graph& result, const std::vector<std::string>& output_names, bool labelled,
                     bool named, int k) {
    out_.has_source = source != nullptr;
    out_.labelled = labelled;
    out_.task = task_of(source ? *source : result, labelled || named);
    // Either model may show what its vector holds.
    if (source && out_.task == Task::values && task_of(result, labelled || named) == Task::classes) out_.task = Task::classes;
    out_.k = k;
    out_.scores = result.type(result.outputs.at(0).value).elements();
    check(!labelled || out_.task != Task::values,
          "there are labels, but output '{}' is {}: labels need one score for each class", result.outputs.at(0).name,
          to_string(result.type(result.outputs[0].value).shape));
    if (source)
        for (const std::string& name : output_names) out_.agreement.outputs.emplace_back().name = name;
}

double mean_squared(std::span<const double> a, std::span<const double> b) {
    double sum = 0;
    for (size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return a.empty() ? 0 : sum / static_cast<double>(a.size());
}

void Validator::add(size_t sample, std::span<const double> input, std::span<const OutputPair> outputs,
                    std::optional<int32_t> label) {
    ++out_.agreement.samples;
    samples_.push_back(sample);
    labels_.push_back(label.value_or(-1));
    for (size_t o = 0; out_.has_source && o < outputs.size(); ++o)
        add_sample(out_.agreement.outputs[o], outputs[o].type, outputs[o].expected, *outputs[o].other, outputs[o].actual);
    const std::vector<double> actual = real_values(*outputs[0].other, outputs[0].actual);
    const std::vector<double> expected =
        out_.has_source ? real_values(outputs[0].type, outputs[0].expected) : std::vector<double>();
    if (out_.task == Task::reconstruction) {
        if (out_.has_source) source_errors_.push_back(mean_squared(input, expected));
        result_errors_.push_back(mean_squared(input, actual));
    } else if (out_.task == Task::classes) {
        add_classes(sample, expected, actual, label);
    } else if (out_.has_source) {
        for (const OutputPair& pair : outputs)
            add_values(sample, real_values(pair.type, pair.expected), real_values(*pair.other, pair.actual));
    }
}

void Validator::add_classes(size_t sample, std::span<const double> expected, std::span<const double> actual,
                            std::optional<int32_t> label) {
    Decision decision{sample, -1, class_of(actual), label.value_or(-1), 0, 0, 0};
    const auto score = [](std::span<const double> scores, int32_t c) {
        return scores.size() == 1 ? scores[0] : scores[static_cast<size_t>(c)];
    };
    decision.result_score = score(actual, decision.result);
    if (label) out_.result.add(*label, decision.result, among_first(actual, *label, out_.k));
    bool same = !label || *label == decision.result;
    if (out_.has_source) {
        decision.source = class_of(expected);
        decision.source_score = score(expected, decision.source);
        if (label) out_.source.add(*label, decision.source, among_first(expected, *label, out_.k));
        out_.against_source.add(decision.source, decision.result, among_first(actual, decision.source, out_.k));
        same = decision.source == decision.result;
    }
    ++compared_;
    same_ += same ? 1 : 0;
    if (!same) out_.disagreements.push_back(decision);
}

void Validator::add_values(size_t sample, std::span<const double> expected, std::span<const double> actual) {
    double largest = 0, worst = 0;
    for (double value : expected) largest = std::max(largest, std::abs(value));
    const int64_t before = compared_ - same_;
    for (size_t i = 0; i < expected.size(); ++i) {
        const double apart = std::abs(actual[i] - expected[i]);
        worst = std::max(worst, largest > 0 ? apart / largest : apart);
        ++compared_;
        same_ += apart <= same_value * largest ? 1 : 0;
    }
    if (compared_ - same_ == before) return;
    Decision decision{sample, 0, 0, -1, 0, 0, worst};
    out_.disagreements.push_back(decision);
}

void Validator::finish_reconstruction() {
    const auto mean = [](const std::vector<double>& v) {
        double sum = 0;
        for (double x : v) sum += x;
        return v.empty() ? 0 : sum / static_cast<double>(v.size());
    };
    out_.source_mse = mean(source_errors_);
    out_.result_mse = mean(result_errors_);
    if (out_.labelled) out_.result_auc = area_under_curve(result_errors_, labels_);
    if (!out_.has_source) return;
    if (out_.labelled) out_.source_auc = area_under_curve(source_errors_, labels_);
    std::vector<double> normal;
    for (size_t i = 0; i < source_errors_.size(); ++i)
        if (!out_.labelled || labels_[i] == 0) normal.push_back(source_errors_[i]);
    if (normal.empty()) normal = source_errors_;
    std::sort(normal.begin(), normal.end());
    const double boundary = normal[static_cast<size_t>(boundary_place * static_cast<double>(normal.size() - 1))];
    for (size_t i = 0; i < source_errors_.size(); ++i) {
        ++compared_;
        if (std::abs(result_errors_[i] - source_errors_[i]) <= same_value * std::max(boundary, source_errors_[i]))
            ++same_;
        else
            out_.disagreements.push_back({samples_[i], 0, 0, labels_[i], source_errors_[i], result_errors_[i], 0});
    }
}

Validation Validator::finish() {
    if (out_.task == Task::reconstruction && !samples_.empty()) finish_reconstruction();
    out_.agreed = compared_ == 0 ? 1 : static_cast<double>(same_) / static_cast<double>(compared_);
    return std::move(out_);
}

}  // namespace tinsmith
