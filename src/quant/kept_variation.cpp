#include "quant/kept_variation.hpp"

#include "quant/apply.hpp"
#include "run/session.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tinsmith {

namespace {

// Sums over all numbers of one index of the last axis.
struct Column {
    double count = 0, signal = 0, noise = 0, signal_squares = 0, noise_squares = 0;

    void add(double exact, double difference) {
        ++count;
        signal += exact;
        noise += difference;
        signal_squares += exact * exact;
        noise_squares += difference * difference;
    }
    double signal_left() const { return signal_squares - signal * signal / count; }
    double noise_left() const { return noise_squares - noise * noise / count; }
};

void add(std::vector<Column>& columns, const Buffer& exact, const Buffer& actual) {
    const auto* const e = reinterpret_cast<const float*>(exact.bytes().data());
    const auto* const a = reinterpret_cast<const float*>(actual.bytes().data());
    for (size_t i = 0; i < exact.size() / sizeof(float); ++i)
        columns[i % columns.size()].add(static_cast<double>(e[i]), static_cast<double>(a[i]) - static_cast<double>(e[i]));
}

double sqnr(const std::vector<Column>& columns) {
    double signal = 0, noise = 0;
    for (const Column& column : columns) {
        if (column.count == 0) continue;
        signal += column.signal_left();
        noise += column.noise_left();
    }
    constexpr double none = std::numeric_limits<double>::infinity();
    return signal <= 0 || noise <= 0 ? none : 10 * std::log10(signal / noise);
}

}  // namespace

double kept_variation(const Graph& exact, const Graph& graph, const QuantPlan& plan, const Samples& samples, size_t runs) {
    const size_t count = std::min(samples.size(), runs);
    const SessionOptions often{.runs = static_cast<int64_t>(count)};
    const Session floats(exact, often), integers(apply_plan(graph, with_float_interface(plan)), often);
    std::vector<std::vector<Column>> outputs;
    for (const Port& port : exact.outputs) {
        const Type& type = exact.type(port.value);
        outputs.emplace_back(type.dtype == DType::f32 && type.rank() > 0 ? static_cast<size_t>(type.shape.back()) : 0);
    }
    for (size_t i = 0; i < count; ++i) {
        const std::vector<Buffer> inputs = samples.inputs(i * samples.size() / count);
        const std::vector<Buffer> expected = floats.run(inputs), actual = integers.run(inputs);
        for (size_t o = 0; o < outputs.size(); ++o)
            if (!outputs[o].empty()) add(outputs[o], expected[o], actual[o]);
    }
    double least = std::numeric_limits<double>::infinity();
    for (const std::vector<Column>& columns : outputs) least = std::min(least, sqnr(columns));
    return least;
}

}  // namespace tinsmith
