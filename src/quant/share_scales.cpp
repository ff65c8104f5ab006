#include "quant/share_scales.hpp"

#include "ir/macs.hpp"
#include "op/list.hpp"
#include "quant/kept_variation.hpp"
#include "quant/weights.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith {

namespace {

constexpr int64_t bytes_a_row = 12;     // a float and an int64
constexpr int64_t noticeable = 64;      // one part in so many of the weights
constexpr double most_decibels = 0.25;  // that outputs may lose
constexpr double most_macs = 2e8;       // for finding out
constexpr size_t fewest_runs = 16, most_runs = 64;

struct Layer {
    size_t node;
    double decibels;  // how much more noise one scale puts on the weights
};

// Nothing for rows that are whole multiples of a scale already.
std::optional<double> decibels_of_one_scale(const Graph& graph, ValueId weights) {
    const Shape& shape = graph.type(weights).shape;
    const std::vector<float> w = graph.constant_floats(weights);
    const auto width = static_cast<size_t>(shape[1]);
    double largest = 0, squares = 0;
    for (size_t row = 0; row < w.size(); row += width) {
        const std::span of_row = std::span(w).subspan(row, width);
        if (lattice_scale(of_row) > 0) return std::nullopt;
        double reach = 0;
        for (float v : of_row) reach = std::max(reach, std::fabs(static_cast<double>(v)));
        largest = std::max(largest, reach);
        squares += reach * reach;
    }
    if (squares == 0) return std::nullopt;
    return 10 * std::log10(largest * largest * static_cast<double>(shape[0]) / squares);
}

}  // namespace

int share_scales(const Graph& graph, QuantPlan& plan, const Samples& samples) {
    std::vector<Layer> layers;
    int64_t saved = 0, weights = 0;
    double macs = 0;
    for (size_t n = 0; n < graph.nodes.size(); ++n) {
        const Node& node = graph.nodes[n];
        macs += static_cast<double>(node_macs(graph, node));
        if (!weight_operands(*node.op) || !graph.is_constant(node.inputs[1])) continue;
        weights += graph.type(node.inputs[1]).elements();
        if (!node.is(op::FullyConnected) || plan.nodes[n].scheme != Scheme::int8 || graph.type(node.inputs[1]).shape[0] < 2)
            continue;
        if (const auto decibels = decibels_of_one_scale(graph, node.inputs[1])) {
            layers.push_back({n, *decibels});
            saved += bytes_a_row * graph.type(node.inputs[1]).shape[0];
        }
    }
    const double tries = most_macs / (macs * static_cast<double>(layers.size() + 1));
    if (saved * noticeable < weights || tries < static_cast<double>(fewest_runs)) return 0;
    const auto runs = static_cast<size_t>(std::min(tries, static_cast<double>(most_runs)));
    std::stable_sort(layers.begin(), layers.end(), [](const Layer& a, const Layer& b) { return a.decibels < b.decibels; });
    const double enough = kept_variation(graph, graph, plan, samples, runs) - most_decibels;
    int changed = 0;
    for (const Layer& layer : layers) {
        bool& one_scale = plan.nodes[layer.node].one_scale;
        one_scale = true;
        if (kept_variation(graph, graph, plan, samples, runs) >= enough)
            ++changed;
        else
            one_scale = false;
    }
    return changed;
}

}  // namespace tinsmith
