#include "api/hdc_features.hpp"

#include "api/class_names.hpp"
#include "data/convert.hpp"
#include "data/record.hpp"
#include "frontend/frontend.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith {

namespace {

size_t output_for(const Graph& graph, size_t features, const std::string& path) {
    std::string found;
    for (size_t o = 0; o < graph.outputs.size(); ++o) {
        const Type& type = graph.type(graph.outputs[o].value);
        if (features == 0 || static_cast<size_t>(type.elements()) == features) {
            check(type.dtype == DType::i8 && type.quant && type.quant->scale.size() == 1,
                  "{}: output '{}' is {}, the classifier takes int8 with one scale; make it with tinsmith convert --method "
                  "int8 --data ...",
                  path, graph.outputs[o].name, to_string(type));
            return o;
        }
        found += fmt::format("{}'{}' has {}", found.empty() ? "" : ", ", graph.outputs[o].name, type.elements());
    }
    fail(Fault::input, "{}: the classifier takes {} features, and output {}; --outputs of convert cuts a model at its features",
         path, features, found);
}

std::vector<int8_t> quantized(std::span<const double> values, const Quant& quant) {
    std::vector<int8_t> out;
    for (double v : values) {
        const double stored = std::round(v / static_cast<double>(quant.scale[0])) + static_cast<double>(quant.zero_point[0]);
        out.push_back(static_cast<int8_t>(std::clamp(stored, -128.0, 127.0)));
    }
    return out;
}

}  // namespace

FeatureExtractor::FeatureExtractor(const HdcOptions& options, size_t features) {
    ReadResult device = read_model(options.model, {});
    output_ = output_for(device.graph, features, options.model);
    type_ = device.graph.type(device.graph.outputs[output_].value);
    std::optional<ReadResult> source;
    if (!options.reference.empty()) source = read_model(options.reference, options.read);
    notes_ = device.notes;
    DataOptions data = options.data;
    add_recorded(data, device.graph, options.model);
    if (source) add_recorded(data, source->graph, options.reference);
    preprocess_ = data.preprocess;
    data.model_layout = usual_layout(source ? source->format : device.format);
    if (!data.path.empty()) {
        samples_ = std::make_unique<Samples>(source ? source->graph : device.graph, data);
        preprocess_ = samples_->preprocess();
        notes_.insert(notes_.end(), samples_->notes().begin(), samples_->notes().end());
        class_names_ = tinsmith::class_names(options.model, *samples_, source ? source->classes : device.classes);
    }
    graph_ = device.graph;
    const auto runs = static_cast<int64_t>(samples_ ? samples_->size() : 1);
    device_ = session_runner(std::move(device.graph), {.runs = runs});
    if (!source) return;
    source_ = session_runner(std::move(source->graph), {.runs = runs});
    pairing_.emplace(*source_, *device_);
}

Features FeatureExtractor::of(size_t sample) const {
    const std::vector<Buffer> inputs = samples_->inputs(sample);
    Features out;
    Buffer stored;
    if (pairing_) {
        const std::vector<OutputPair> pairs = pairing_->run(inputs);
        // In the order of the source's outputs.
        const auto pair = std::find_if(pairs.begin(), pairs.end(), [&](const OutputPair& p) { return *p.other == type_; });
        stored = pair->actual;
        out.source = real_values(pair->type, pair->expected);
        out.source_stored = quantized(out.source, quant());
    } else {
        stored = device_->run(inputs)[output_];
    }
    out.real = real_values(type_, stored);
    const auto* first = reinterpret_cast<const int8_t*>(stored.bytes().data());
    out.stored.assign(first, first + stored.size());
    if (!pairing_) {
        out.source = out.real;
        out.source_stored = out.stored;
    }
    return out;
}

}  // namespace tinsmith
