#include "api/predict.hpp"

#include "api/class_names.hpp"
#include "base/parallel.hpp"
#include "data/convert.hpp"
#include "data/record.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tinsmith {

namespace {

// 8-bit probabilities of a thousand classes may miss 1 by some steps of 1/256 together.
constexpr double sum_tolerance = 0.2;

// The operator that decides what an output means, before it was quantised, dequantised or moved.
std::string_view last_operator(const Graph& graph, ValueId id) {
    for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
        if (std::find(node->outputs.begin(), node->outputs.end(), id) == node->outputs.end()) continue;
        const std::string_view name = node->op->name;
        if (name != "Dequantize" && name != "Quantize" && name != "Reshape" && name != "Transpose") return name;
        id = node->inputs[0];
    }
    return "";
}

}  // namespace

std::vector<double> confidences(std::span<const double> scores, bool decided) {
    std::vector<double> out(scores.begin(), scores.end());
    const bool within_unit = std::all_of(out.begin(), out.end(), [](double s) { return s >= -1e-6 && s <= 1 + 1e-6; });
    const double sum = std::accumulate(out.begin(), out.end(), 0.0);
    if (within_unit && (decided || std::abs(sum - 1) < sum_tolerance)) return out;
    if (out.size() == 1) return {1 / (1 + std::exp(-out[0]))};
    const double largest = *std::max_element(out.begin(), out.end());
    double all = 0;
    for (double& s : out) all += s = std::exp(s - largest);
    for (double& s : out) s /= all;
    return out;
}

OutputReader::OutputReader(const Graph& graph) : task_(task_of(graph, true)) {
    const std::string_view last = last_operator(graph, graph.outputs.at(0).value);
    decided_ = last == "Sigmoid" || last == "Softmax";
}

std::vector<std::pair<int32_t, double>> OutputReader::classes(std::span<const double> scores, int top) const {
    const std::vector<double> sure = confidences(scores, decided_);
    if (scores.size() == 1) {
        const int32_t yes = class_of(sure);
        return {{yes, yes ? sure[0] : 1 - sure[0]}};
    }
    std::vector<int32_t> order(sure.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](int32_t a, int32_t b) { return sure[static_cast<size_t>(a)] > sure[static_cast<size_t>(b)]; });
    std::vector<std::pair<int32_t, double>> out;
    for (size_t i = 0; i < std::min(order.size(), static_cast<size_t>(top)); ++i)
        out.emplace_back(order[i], sure[static_cast<size_t>(order[i])]);
    return out;
}

Predictions predict(const PredictOptions& options) {
    check_runtime(options.runtime, options.read);
    ReadResult model = read_model(options.model, options.read);
    DataOptions data = options.data;
    add_recorded(data, model.graph, options.model);
    data.model_layout = usual_layout(model.format);
    Predictions out;
    out.notes = model.notes;
    const OutputReader reader(model.graph);
    out.task = reader.task();
    check(out.task != Task::values,
          "output '{}' is {}: neither scores of classes nor like the input; `tinsmith run` writes it as it is",
          model.graph.outputs[0].name, to_string(model.graph.type(model.graph.outputs[0].value).shape));
    const Type type = model.graph.type(model.graph.outputs[0].value);

    std::vector<Samples> sources;
    std::vector<std::pair<size_t, size_t>> samples;  // source, sample
    for (const std::string& input : options.inputs) {
        data.path = input;
        sources.emplace_back(model.graph, data);
        if (sources.size() == 1) out.notes.insert(out.notes.end(), sources[0].notes().begin(), sources[0].notes().end());
        for (size_t i = 0; i < sources.back().size(); ++i) samples.emplace_back(sources.size() - 1, i);
    }
    if (!sources.empty()) out.class_names = class_names(options.model, sources[0], model.classes);
    const auto runner = make_runner(options.model, std::move(model.graph), options.runtime, samples.size());
    ordered_parallel(
        samples.size(), side_by_side(runner->graph(), options.threads),
        [&](size_t i) {
            const Samples& from = sources[samples[i].first];
            const std::vector<Buffer> inputs = from.inputs(samples[i].second);
            const std::vector<double> scores = real_values(type, runner->run(inputs)[0]);
            Prediction p;
            if (out.task == Task::classes) p.classes = reader.classes(scores, options.top);
            if (out.task == Task::reconstruction) p.error = mean_squared(real_values(from.input_type(0), inputs[0]), scores);
            p.input = from.name(samples[i].second);
            return p;
        },
        [&](size_t i, Prediction p) {
            out.all.push_back(std::move(p));
            if (options.progress) options.progress("predicting", static_cast<int64_t>(i + 1), std::ssize(samples));
        });
    return out;
}

}  // namespace tinsmith
