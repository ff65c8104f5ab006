// The usual normalisations, tried on samples that do badly.
#include "api/next_steps.hpp"
#include "data/convert.hpp"

#include <algorithm>

namespace tinsmith {

static constexpr size_t most_samples = 64;

namespace {

struct Candidate {
    const char* name;
    double scale, offset;  // of every number
    bool imagenet;         // then less the mean, over the deviation of ImageNet's channels
};

// From pixels 0..255, from 0..1 and from -1..1 to each other, as training pipelines have them.
constexpr Candidate candidates[] = {
    {"the data as they are", 1, 0, false},
    {"x / 255 (0..1)", 1 / 255.0, 0, false},
    {"x / 127.5 - 1 (-1..1)", 1 / 127.5, -1, false},
    {"2 x - 1 (-1..1)", 2, -1, false},
    {"(x + 1) / 2 (0..1)", 0.5, 0.5, false},
    {"x * 255 (raw pixels)", 255, 0, false},
    {"127.5 (x + 1) (raw pixels)", 127.5, 127.5, false},
    {"ImageNet's mean and deviation of x", 1, 0, true},
    {"ImageNet's mean and deviation of x / 255", 1 / 255.0, 0, true},
};
// Of PyTorch's model zoo: pixels 0..1, red, green, blue.
constexpr double mean[] = {0.485, 0.456, 0.406}, deviation[] = {0.229, 0.224, 0.225};

// The axis of three colours: the last (channels-last) or the second (channels-first); -1: none.
int64_t colour_axis(const Shape& shape) {
    if (shape.size() != 4) return -1;
    return shape[3] == 3 ? 3 : shape[1] == 3 ? 1 : -1;
}

std::optional<Buffer> changed(const Type& type, const Buffer& data, const Candidate& how) {
    const int64_t axis = colour_axis(type.shape);
    if (how.imagenet && axis < 0) return std::nullopt;
    int64_t inner = 1;
    for (int64_t d = axis + 1; axis >= 0 && d < type.rank(); ++d) inner *= type.shape[static_cast<size_t>(d)];
    std::vector<float> out;
    out.reserve(static_cast<size_t>(type.elements()));
    int64_t i = 0;
    for (double value : real_values(type, data)) {
        double x = value * how.scale + how.offset;
        if (how.imagenet) {
            const auto c = static_cast<size_t>(i / inner % 3);
            x = (x - mean[c]) / deviation[c];
        }
        out.push_back(static_cast<float>(x));
        ++i;
    }
    return Buffer::of(std::move(out));
}

// Without labels agreement alone says nothing: two models agree on inputs that are all but constant. The result's integer input
// says what range it was made for; a candidate must fill at least a third of it and hardly leave it.
bool suits(const Graph& result, double low, double high) {
    const Type& type = result.type(result.inputs[0].value);
    if (!is_quantised(type) || type.quant->scale.size() != 1) return false;
    const double steps = type.dtype == DType::i16 ? 65535 : 255, width = type.quant->scale[0] * steps;
    const double lowest = type.dtype == DType::u8 ? 0 : type.dtype == DType::i16 ? -32768 : -128;
    const double zero = type.quant->zero_point.empty() ? 0 : static_cast<double>(type.quant->zero_point[0]);
    const double from = type.quant->scale[0] * (lowest - zero), slack = 0.1 * width;
    return high - low >= width / 3 && low >= from - slack && high <= from + width + slack;
}

// The result's accuracy, else its agreement with the source; nothing when the candidate does not suit the inputs.
std::optional<double> score(const Case& found, const Candidate& how) {
    const Runner& first = found.source_runner ? *found.source_runner : *found.result_runner;
    const Graph& graph = first.graph();
    const Pairing pairing(first, *found.result_runner);
    Validator validator(found.source_runner ? &graph : nullptr, found.result_runner->graph(), pairing.names(),
                        found.figures->labelled, !found.class_names->empty(), found.figures->k);
    double low = 0, high = 0;
    for (size_t i = 0; i < std::min(found.samples->size(), most_samples); ++i) {
        std::vector<Buffer> inputs = found.samples->inputs(i);
        const Type& type = graph.type(graph.inputs[0].value);
        const auto other = changed(type, inputs[0], how);
        if (!other) return std::nullopt;
        inputs[0] = *other;
        const std::vector<double> values = real_values(type, inputs[0]);
        low = std::min(low, *std::min_element(values.begin(), values.end()));
        high = std::max(high, *std::max_element(values.begin(), values.end()));
        validator.add(i, values, pairing.run(inputs),
                      found.figures->labelled ? std::optional(found.samples->label(i)) : std::nullopt);
    }
    const bool as_is = &how == &candidates[0];
    if (!found.figures->labelled && !as_is && !suits(found.result_runner->graph(), low, high)) return std::nullopt;
    const Validation v = validator.finish();
    return v.labelled ? v.result_accuracy() : v.agreed;
}

}  // namespace

std::vector<Trial> try_normalizations(const Case& found) {
    const Graph& graph = found.source ? *found.source : *found.result;
    if (graph.inputs.size() != 1 || graph.type(graph.inputs[0].value).dtype != DType::f32 ||
        graph.type(graph.inputs[0].value).elements() == 0 || found.figures->task == Task::values)
        return {};
    std::vector<Trial> out;
    for (const Candidate& how : candidates)
        if (const auto reached = score(found, how)) out.push_back({how.name, *reached});
    if (out.size() > 1)
        std::swap(out[1], *std::max_element(out.begin() + 1, out.end(),
                                            [](const Trial& a, const Trial& b) { return a.score < b.score; }));
    out.resize(std::min<size_t>(out.size(), 2));
    return out;
}

}  // namespace tinsmith
