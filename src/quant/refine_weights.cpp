#include "quant/refine_weights.hpp"

#include "op/list.hpp"
#include "quant/choose_steps.hpp"
#include "quant/weights.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

// Scales that are tried, each with a descent: see choose_steps.
constexpr double scales = 6;

class Refinement {
public:
    Refinement(Graph& graph, const QuantPlan& plan, const std::vector<LayerInputs>& inputs)
        : graph_(graph), plan_(plan), inputs_(inputs), uses_(graph.values.size(), 0) {
        for (const Node& node : graph.nodes)
            for (ValueId id : node.inputs)
                if (id != no_value) ++uses_[id];
    }

    int run(double most_work) {
        std::vector<size_t> order;
        for (size_t n = 0; n < graph_.nodes.size(); ++n)
            if (inputs_[n].count > 0 && uses_[graph_.nodes[n].inputs[1]] == 1) order.push_back(n);
        std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return work(a) < work(b); });
        for (size_t n : order) {
            const double cost = work(n);
            const bool steps = cost <= most_work && inputs_[n].count >= 2 && !inputs_[n].rows.empty();
            if (steps) most_work -= cost;
            refine(n, steps);
        }
        return static_cast<int>(order.size());
    }

private:
    bool depthwise(size_t n) const { return graph_.nodes[n].is(op::DepthwiseConv); }
    int64_t channels(size_t n) const { return graph_.type(graph_.nodes[n].outputs[0]).shape.back(); }

    // Multiplications, roughly: the covariance, and descents of all channels.
    double work(size_t n) const {
        const auto groups = static_cast<double>(depthwise(n) ? channels(n) : 1);
        const double width = static_cast<double>(inputs_[n].width) / groups;
        const double descents = 3 * scales * static_cast<double>(channels(n));
        return width * width * (static_cast<double>(inputs_[n].count) * groups + descents);
    }

    void refine(size_t n, bool choose_steps) {
        Node& node = graph_.nodes[n];
        const bool apart = depthwise(n);
        const Shape shape = graph_.type(node.inputs[1]).shape;
        std::vector<float> weights = graph_.constant_floats(node.inputs[1]);
        const auto count = static_cast<size_t>(channels(n)),
                   width = static_cast<size_t>(inputs_[n].width) / (apart ? count : 1);
        std::vector<float> bias =
            node.input(2) == no_value ? std::vector<float>(count, 0.0f) : graph_.constant_floats(node.inputs[2]);
        const Stored& x = *plan_.values[node.inputs[0]];
        const float noise = x.scale() * x.scale() / 12;  // of rounding the inputs
        if (!choose_steps) return correct_bias_only(node, n, bias);
        std::vector<Moments> moments = apart ? channel_moments(inputs_[n], count) : std::vector{tinsmith::moments(inputs_[n])};
        for (Moments& m : moments) m.add_noise(noise);
        StepChooser chooser;
        std::vector<float> w(width);
        const float shared =
            plan_.nodes[n].one_scale ? stored_weights(graph_, node, true, bias, x.scale()).type.quant->scale[0] : 0.0f;
        for (size_t c = 0; c < count; ++c) {
            const Moments& m = moments[apart ? c : 0];
            const auto at = [&](size_t i) -> float& { return apart ? weights[i * count + c] : weights[c * width + i]; };
            for (size_t i = 0; i < width; ++i) w[i] = at(i);
            if (lattice_scale(w) > 0) continue;  // whoever trained it chose these integers
            const ChannelSteps best = chooser.choose(w, std::max(shared, least_weight_scale(bias[c], x.scale())), m);
            double left = 0;
            for (size_t i = 0; i < width; ++i) {
                at(i) = best.steps[i] * best.scale;
                left += static_cast<double>(w[i] - at(i)) * static_cast<double>(m.mean[i]);
            }
            bias[c] += static_cast<float>(left);
        }
        node.inputs[1] =
            graph_.add_constant(graph_.value(node.inputs[1]).name, {DType::f32, shape, {}}, Buffer::of(std::move(weights)));
        set_bias(node, std::move(bias));
    }

    void correct_bias_only(Node& node, size_t n, std::vector<float> bias) {
        const bool apart = depthwise(n);
        const size_t count = bias.size(), whole = static_cast<size_t>(inputs_[n].width);
        const StoredConstant stored =
            stored_weights(graph_, node, plan_.nodes[n].one_scale, bias, plan_.values[node.inputs[0]]->scale());
        const std::vector<float>& scale = stored.type.quant->scale;
        const std::vector<float> weights = graph_.constant_floats(node.inputs[1]);
        const auto* steps = reinterpret_cast<const int8_t*>(stored.data.bytes().data());
        for (size_t i = 0; i < weights.size(); ++i) {
            const size_t c = apart ? i % count : i / whole, column = apart ? i : i % whole;
            const double error = static_cast<double>(weights[i]) -
                                 static_cast<double>(scale[scale.size() == 1 ? 0 : c]) * static_cast<double>(steps[i]);
            bias[c] += static_cast<float>(error * inputs_[n].sum[column] / static_cast<double>(inputs_[n].count));
        }
        set_bias(node, std::move(bias));
    }

    void set_bias(Node& node, std::vector<float> bias) {
        const bool none = node.input(2) == no_value;
        if (none && std::all_of(bias.begin(), bias.end(), [](float b) { return b == 0; })) return;
        if (node.inputs.size() < 3) node.inputs.resize(3, no_value);
        const auto count = static_cast<int64_t>(bias.size());
        const std::string name = none ? std::string() : graph_.value(node.inputs[2]).name;
        node.inputs[2] = graph_.add_constant(name, {DType::f32, {count}, {}}, Buffer::of(std::move(bias)));
    }

    Graph& graph_;
    const QuantPlan& plan_;
    const std::vector<LayerInputs>& inputs_;
    std::vector<int> uses_;
};

}  // namespace

int refine_weights(Graph& graph, const QuantPlan& plan, const std::vector<LayerInputs>& inputs, double most_work) {
    return Refinement(graph, plan, inputs).run(most_work);
}

}  // namespace tinsmith
