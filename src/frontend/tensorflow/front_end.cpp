#include "frontend/tensorflow/front_end.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace tinsmith::tensorflow {

namespace {

int64_t number(const GraphDef& graph, const Node& node, std::string_view name, int64_t fallback) {
    const Attribute* found = node.attribute(name);
    return found ? decode_attribute(found->value, graph.file).integer : fallback;
}

const Node* feeding(const Body& body, const Node& node, std::string_view op) {
    if (node.inputs.empty()) return nullptr;
    const Node& before = body.source(node, 0);
    return before.op == op ? &before : nullptr;
}

// The next power of two: the spectrogram's window is padded to it.
int64_t bins_of(int64_t window) {
    int64_t size = 1;
    while (size < window && size < int64_t{1} << 30) size *= 2;
    return size / 2 + 1;
}

// AudioSpectrogram: samples [samples, channels] -> [channels, frames, bins].
std::vector<int64_t> spectrogram_shape(const GraphDef& graph, const Body& body, const Node& node) {
    const Node* wav = feeding(body, node, "DecodeWav");
    const int64_t samples = wav ? number(graph, *wav, "desired_samples", -1) : -1;
    const int64_t channels = wav ? number(graph, *wav, "desired_channels", -1) : -1;
    const int64_t window = number(graph, node, "window_size", 0), stride = number(graph, node, "stride", 0);
    const bool known = samples > 0 && window > 0 && stride > 0;
    return {channels > 0 ? channels : -1,
            !known             ? -1
            : samples < window ? 0
                               : 1 + (samples - window) / stride,
            bins_of(window)};
}

FrontEnd front_end(const GraphDef& graph, const Body& body, const Node& node) {
    FrontEnd out{node.name, std::nullopt, {}, {}};
    const Node* spectrogram = node.op == "AudioSpectrogram" ? &node : feeding(body, node, "AudioSpectrogram");
    if (spectrogram) out.shape = spectrogram_shape(graph, body, *spectrogram);
    if (out.shape && node.op == "Mfcc") out.shape->back() = number(graph, node, "dct_coefficient_count", 13);
    for (size_t index : body.order({node.name}, std::vector<bool>(body.nodes().size()))) {
        const Node& before = body.nodes()[index];
        out.behind.push_back(before.name);
        if (before.op != "Const" && before.op != "Placeholder")
            out.operators += (out.operators.empty() ? "" : ", ") + std::string(before.op);
    }
    return out;
}

}  // namespace

std::vector<FrontEnd> front_ends(const GraphDef& graph, const Body& body) {
    std::vector<FrontEnd> out;
    for (const Node& node : body.nodes())
        if (node.op == "Mfcc") out.push_back(front_end(graph, body, node));
    for (const Node& node : body.nodes()) {
        const bool taken = std::any_of(out.begin(), out.end(), [&](const FrontEnd& f) {
            return std::find(f.behind.begin(), f.behind.end(), node.name) != f.behind.end();
        });
        if (node.op == "AudioSpectrogram" && !taken) out.push_back(front_end(graph, body, node));
    }
    return out;
}

}  // namespace tinsmith::tensorflow
