#include "quant/layer_inputs.hpp"

#include "op/list.hpp"
#include "op/window.hpp"
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
            const bool known = node.is(op::Conv) || node.is(op::DepthwiseConv) || node.is(op::FullyConnected);
            if (!known || !is_integer_scheme(plan.nodes[n].scheme) || !graph.is_constant(node.inputs[1])) continue;
            if (node.is(op::Conv) && node.integer("group") != 1) continue;
            const Shape& weights = graph.type(node.inputs[1]).shape;
            inputs_[n].width = element_count(weights) / (node.is(op::DepthwiseConv) ? 1 : weights[0]);
            if (node.is(op::DepthwiseConv) && graph.type(node.inputs[0]).shape[3] != weights[3]) inputs_[n].width = 0;
            if (inputs_[n].width <= 0) continue;
            nodes_of_[node.outputs[0]] = n;
            width_of_all_ += inputs_[n].width;
            inputs_[n].sum.assign(static_cast<size_t>(inputs_[n].width), 0);
        }
    }

    void see(const EvalContext& computed, size_t sample) {
        const auto at = nodes_of_.find(computed.node.outputs[0]);
        if (at == nodes_of_.end() || !computed.in[0].data) return;
        LayerInputs& to = inputs_[at->second];
        row_.resize(static_cast<size_t>(to.width));
        if (computed.node.is(op::FullyConnected))
            take_vectors(to, computed.in[0], sample);
        else
            take_windows(to, computed, sample);
    }

    std::vector<LayerInputs> result() { return std::move(inputs_); }

private:
    // Fills `row_` from places first, first + step, ...: others for every sample.
    template <class Fill>
    void take(LayerInputs& to, bool apart, int64_t places, size_t sample, Fill fill) {
        const int64_t share = std::max(most_floats / to.width, most_floats_in_all / width_of_all_);
        const int64_t rows = std::clamp(share, std::min(fewest_rows, most_rows_), most_rows_);
        const int64_t each = std::max<int64_t>(1, rows / samples_);
        const int64_t step = std::max<int64_t>(1, places / each);
        const bool keep = apart || to.width <= widest;
        if (keep && to.count == 0) to.rows.reserve(static_cast<size_t>((places + step - 1) / step * samples_) * row_.size());
        for (int64_t p = static_cast<int64_t>(sample * 7919) % step; p < places; p += step) {
            fill(p);
            for (size_t i = 0; i < row_.size(); ++i) to.sum[i] += static_cast<double>(row_[i]);
            if (keep) to.rows.insert(to.rows.end(), row_.begin(), row_.end());
            ++to.count;
        }
    }

    void take_vectors(LayerInputs& to, const TensorView& x, size_t sample) {
        take(to, false, x.type->elements() / to.width, sample,
             [&](int64_t row) { std::copy_n(x.as<float>() + row * to.width, to.width, row_.begin()); });
    }

    void take_windows(LayerInputs& to, const EvalContext& c, size_t sample) {
        const Shape &x = c.in[0].type->shape, &weights = graph_.type(c.node.inputs[1]).shape, &y = c.out[0].type->shape;
        const WindowAttrs attrs = WindowAttrs::of(c.node, 2, {weights[1], weights[2]});
        const int64_t height = x[1], wide = x[2], channels = x[3];
        take(to, c.node.is(op::DepthwiseConv), y[1] * y[2], sample, [&](int64_t place) {
            const int64_t top = place / y[2] * attrs.strides[0] - attrs.pads[0],
                          left = place % y[2] * attrs.strides[1] - attrs.pads[1];
            for (int64_t cell = 0; cell < weights[1] * weights[2]; ++cell) {
                const int64_t row = top + cell / weights[2] * attrs.dilations[0],
                              column = left + cell % weights[2] * attrs.dilations[1];
                const bool inside = row >= 0 && row < height && column >= 0 && column < wide;
                float* const at = row_.data() + cell * channels;
                if (inside)
                    std::copy_n(c.in[0].as<float>() + (row * wide + column) * channels, channels, at);
                else
                    std::fill_n(at, channels, 0.0f);
            }
        });
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
