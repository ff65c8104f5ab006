#include "quant/layer_inputs.hpp"

#include "quant/layer_rows.hpp"
#include "run/session.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

// Covariances of wider rows are not worth their time (see refine_weights), nor such rows their memory.
constexpr int64_t widest = 512;
// Of one node's rows: those of a depthwise convolution are long, and its weights few.
constexpr int64_t most_floats = int64_t{1} << 19, most_floats_in_all = int64_t{1} << 23, fewest_rows = 64;

class Sampling {
public:
    Sampling(const Graph& graph, const QuantPlan& plan, size_t samples, int64_t most_rows)
        : graph_(graph), inputs_(graph.nodes.size()), samples_(static_cast<int64_t>(samples)), most_rows_(most_rows) {
        for (size_t n = 0; n < graph.nodes.size(); ++n) {
            const Node& node = graph.nodes[n];
            const auto rows = is_integer_scheme(plan.nodes[n].scheme) ? LayerRows::of(graph, node) : std::nullopt;
            if (!rows) continue;
            inputs_[n].width = rows->width;
            nodes_of_[node.outputs[0]] = n;
            width_of_all_ += inputs_[n].width;
            inputs_[n].sum.assign(static_cast<size_t>(inputs_[n].width), 0);
        }
    }

    void see(const EvalContext& computed, size_t sample) {
        const auto at = nodes_of_.find(computed.node.outputs[0]);
        if (at == nodes_of_.end() || !computed.in[0].data) return;
        take(inputs_[at->second], *LayerRows::of(graph_, computed.node), computed, sample);
    }

    std::vector<LayerInputs> result() { return std::move(inputs_); }

private:
    // Rows from places first, first + step, ...: others for every sample.
    void take(LayerInputs& to, const LayerRows& layer, const EvalContext& computed, size_t sample) {
        row_.resize(static_cast<size_t>(layer.width));
        const int64_t share = std::max(most_floats / layer.width, most_floats_in_all / width_of_all_);
        const int64_t rows = std::clamp(share, std::min(fewest_rows, most_rows_), most_rows_);
        const int64_t each = std::max<int64_t>(1, rows / samples_);
        const int64_t step = std::max<int64_t>(1, layer.places / each);
        const bool keep = layer.apart || layer.width <= widest;
        if (keep && to.count == 0)
            to.rows.reserve(static_cast<size_t>((layer.places + step - 1) / step * samples_) * row_.size());
        for (int64_t p = static_cast<int64_t>(sample * 7919) % step; p < layer.places; p += step) {
            layer.read(computed.in[0].as<float>(), p, row_);
            for (size_t i = 0; i < row_.size(); ++i) to.sum[i] += static_cast<double>(row_[i]);
            if (keep) to.rows.insert(to.rows.end(), row_.begin(), row_.end());
            ++to.count;
        }
    }

    const Graph& graph_;
    std::vector<LayerInputs> inputs_;
    std::map<ValueId, size_t> nodes_of_;
    int64_t samples_, most_rows_, width_of_all_ = 0;
    std::vector<float> row_;
};

}  // namespace

std::vector<LayerInputs> layer_inputs(const Graph& graph, const QuantPlan& plan, const Samples& samples, size_t runs,
                                      int64_t most_rows) {
    const size_t count = std::min(samples.size(), runs);
    Sampling sampling(graph, plan, count, most_rows);
    const Session session(graph, {.runs = static_cast<int64_t>(count)});
    for (size_t i = 0; i < count; ++i)
        session.run(samples.inputs(i * samples.size() / count),
                    [&](const EvalContext& computed) { sampling.see(computed, i); });
    return sampling.result();
}

}  // namespace tinsmith
