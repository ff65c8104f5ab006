#include "quant/calibrate.hpp"

#include "base/parallel.hpp"
#include "run/session.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith {

namespace {

// By ValueId: the extremes of one sample.
using Extremes = std::vector<std::optional<Range>>;

}  // namespace

static Range extremes_of(const std::string& name, std::span<const float> numbers) {
    Range range{numbers[0], numbers[0]};
    bool finite = true;
    for (float x : numbers) {
        finite = finite && std::isfinite(x);
        range = {std::min(range.min, x), std::max(range.max, x)};
    }
    check(finite, "tensor '{}' holds a NaN or an infinity", name);
    return range;
}

Calibration calibrate(const Graph& graph, const Samples& samples, const CalibrationOptions& options) {
    const Session session(graph, {.runs = static_cast<int64_t>(samples.size())});
    const auto observe = [&](Extremes& extremes, ValueId id, const Type& type, const std::byte* data) {
        if (type.dtype != DType::f32 || type.elements() == 0) return;
        extremes[id] =
            extremes_of(graph.value(id).name, {reinterpret_cast<const float*>(data), static_cast<size_t>(type.elements())});
    };
    Calibration result;
    Ranges& ranges = result.ranges;
    ranges = {std::vector<std::optional<Observation>>(graph.values.size()), static_cast<int64_t>(samples.size()),
              std::string(observer_name(options.observer)), options.random};
    const auto produce = [&](size_t i) {
        Extremes extremes(graph.values.size());
        const std::vector<Buffer> inputs = samples.inputs(i);
        for (size_t p = 0; p < inputs.size(); ++p)
            observe(extremes, graph.inputs[p].value, graph.type(graph.inputs[p].value), inputs[p].bytes().data());
        session.run(inputs, [&](const Node& node, std::span<const TensorView> outputs) {
            for (size_t o = 0; o < outputs.size(); ++o) observe(extremes, node.outputs[o], *outputs[o].type, outputs[o].data);
        });
        return extremes;
    };
    const auto consume = [&](size_t i, const Extremes& extremes) {
        for (ValueId id = 0; id < extremes.size(); ++id) {
            if (!extremes[id]) continue;
            const Range& now = *extremes[id];
            if (!ranges.tensors[id]) ranges.tensors[id] = {now, now, 0, 0, std::nullopt};
            Observation& o = *ranges.tensors[id];
            o.range = o.seen = {std::min(o.seen.min, now.min), std::max(o.seen.max, now.max)};
            o.count += graph.type(id).elements();
        }
        if (options.progress)
            options.progress("calibrating", static_cast<int64_t>(i + 1), static_cast<int64_t>(samples.size()));
    };
    ordered_parallel(samples.size(), options.threads, produce, consume);
    return result;
}

}  // namespace tinsmith
