#include "quant/clip_to_readers.hpp"

#include "op/list.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tinsmith {

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr Range everything{-infinity, infinity};

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double gelu(double x) { return x / 2 * std::erfc(-x / std::sqrt(2.0)); }

// Where f, which goes to zero on the left without reaching it, is this close to it for good: f is monotone left of -4.
template <class F>
float vanishes(F f, double distance) {
    double x = -30;
    constexpr double stride = 1.0 / 16;
    while (x < -2 && std::abs(f(x + stride)) <= distance) x += stride;
    return static_cast<float>(x);
}

class Readers {
public:
    Readers(const Graph& graph, const Ranges& ranges, DType results)
        : graph_(graph),
          ranges_(ranges),
          steps_(results == DType::i16 ? 65535 : 255),
          sigmoid_step_(results == DType::i16 ? 1.0 / 32768 : 1.0 / 256),
          tanh_step_(results == DType::i16 ? 1.0 / 32768 : 1.0 / 128),
          readers_(graph.values.size()),
          shown_(graph.values.size()) {
        for (const Port& port : graph.outputs) shown_[port.value] = true;
        for (size_t n = 0; n < graph.nodes.size(); ++n)
            for (ValueId id : graph.nodes[n].inputs)
                if (id != no_value) readers_[id].push_back(n);
    }

    // What matters of x.
    Range of(ValueId x) const {
        Range range{infinity, -infinity};
        for (size_t n : readers_[x]) {
            const Range one = of_reader(x, graph_.nodes[n]);
            range = {std::min(range.min, one.min), std::max(range.max, one.max)};
        }
        return shown_[x] || readers_[x].empty() ? everything : range;
    }

private:
    // A sixteenth of a step. All numbers that are cut off become wrong by as much, with the same sign: with a quarter, which rounding
    // hides in each of them, a transformer loses more than a decibel.
    double little(ValueId id) const {
        const Observation* o = ranges_.of(id);
        return o ? (std::max(o->range.max, 0.0f) - std::min(o->range.min, 0.0f)) / steps_ / 16 : 0;
    }

    Range of_reader(ValueId x, const Node& node) const {
        const ValueId y = node.outputs[0];
        // Beyond these the result is less than half a step from its end.
        const auto last = static_cast<float>(std::log(2 / sigmoid_step_ - 1));
        const auto last_tanh = static_cast<float>(std::atanh(1 - tanh_step_ / 2));
        if (node.is(op::Sigmoid))
            return silu(x, y) ? Range{vanishes(silu_of, little(*silu(x, y))), infinity} : Range{-last, last};
        if (node.is(op::Tanh)) return {-last_tanh, last_tanh};
        if (node.is(op::HardSwish)) return {-3, infinity};
        if (node.is(op::Gelu)) return {vanishes(gelu, little(y)), infinity};
        if (node.is(op::Mul))  // the other half of x * Sigmoid(x)
            for (ValueId other : node.inputs)
                for (size_t n : readers_[x])
                    if (graph_.nodes[n].is(op::Sigmoid) && graph_.nodes[n].outputs[0] == other && silu(x, other) == y)
                        return {vanishes(silu_of, little(y)), infinity};
        return everything;
    }

    static double silu_of(double x) { return x * sigmoid(x); }

    // x * y where y is Sigmoid(x), if that is all that is done with y.
    std::optional<ValueId> silu(ValueId x, ValueId y) const {
        if (readers_[y].size() != 1 || shown_[y]) return std::nullopt;
        const Node& product = graph_.nodes[readers_[y][0]];
        const bool both = product.is(op::Mul) && (product.inputs[0] == x || product.inputs[1] == x);
        return both ? std::optional(product.outputs[0]) : std::nullopt;
    }

    const Graph& graph_;
    const Ranges& ranges_;
    double steps_, sigmoid_step_, tanh_step_;
    std::vector<std::vector<size_t>> readers_;  // by ValueId, as what follows
    std::vector<bool> shown_;                   // outputs of the graph
};

}  // namespace

void clip_to_readers(const Graph& graph, Ranges& ranges, DType results) {
    const Readers readers(graph, ranges, results);
    for (ValueId id = 0; id < ranges.tensors.size(); ++id) {
        if (!ranges.tensors[id]) continue;
        Range& range = ranges.tensors[id]->range;
        const Range matters = readers.of(id);
        const Range clipped{std::max(range.min, matters.min), std::min(range.max, matters.max)};
        if (clipped.min < clipped.max) range = clipped;
    }
}

}  // namespace tinsmith
