#include "quant/reconstruct.hpp"

#include "quant/apply.hpp"
#include "quant/choose_steps.hpp"
#include "quant/layer_rows.hpp"
#include "quant/least_squares.hpp"
#include "quant/stepping.hpp"
#include "quant/weights.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

constexpr int64_t most_rows = 4096, most_numbers = int64_t{1} << 22;  // of one layer
constexpr float ridge_share = 1;                                      // of the mean variance
constexpr int64_t widest = 2048;                                      // the equations of wider layers take seconds

std::vector<float> real_numbers(const Type& type, const Buffer& stored) {
    std::vector<float> out(static_cast<size_t>(type.elements()));
    const auto fill = [&]<class T>(const T* from) {
        const float scale = type.quant->scale[0];
        const auto zero = static_cast<float>(type.quant->zero_point[0]);
        for (size_t i = 0; i < out.size(); ++i) out[i] = (static_cast<float>(from[i]) - zero) * scale;
    };
    const std::byte* const data = stored.bytes().data();
    if (type.dtype == DType::i16)
        fill(reinterpret_cast<const int16_t*>(data));
    else if (type.dtype == DType::u8)
        fill(reinterpret_cast<const uint8_t*>(data));
    else
        fill(reinterpret_cast<const int8_t*>(data));
    return out;
}

// What one layer, or one channel of a depthwise one, is fitted on.
struct Case {
    size_t count = 0, width = 0;       // rows, and the numbers of each
    std::vector<float> exact, stored;  // count x width: float inputs, and what the integers in front make of them
    std::vector<float> weights;        // channels x width
    std::vector<float> bias;           // by channel
    float x_scale = 0;                 // of the stored inputs
};

std::vector<float> take_means(std::vector<float>& rows, size_t width) {
    std::vector<double> sum(width, 0);
    const size_t count = rows.size() / width;
    for (size_t i = 0; i < rows.size(); ++i) sum[i % width] += static_cast<double>(rows[i]);
    std::vector<float> mean(width);
    for (size_t i = 0; i < width; ++i) mean[i] = static_cast<float>(sum[i] / static_cast<double>(count));
    for (size_t i = 0; i < rows.size(); ++i) rows[i] -= mean[i % width];
    return mean;
}

std::vector<float> transposed(const std::vector<float>& rows, size_t width) {
    const size_t count = rows.size() / width;
    std::vector<float> out(rows.size());
    for (size_t r = 0; r < count; ++r)
        for (size_t i = 0; i < width; ++i) out[i * count + r] = rows[r * width + i];
    return out;
}

double dot(const float* a, const float* b, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    return sum;
}

void fit(Case& c) {
    const size_t width = c.width, channels = c.bias.size();
    const std::vector<float> exact_mean = take_means(c.exact, width), mean = take_means(c.stored, width);
    const float share = 1 / static_cast<float>(c.count);
    LayerInputs centred{static_cast<int64_t>(width), static_cast<int64_t>(c.count), std::vector<double>(width, 0), c.stored};
    Moments m = moments(centred);
    std::vector<float> covariance(width * width);
    float variance = 0;
    for (size_t i = 0; i < width; ++i) {
        for (size_t j = 0; j < width; ++j) covariance[i * width + j] = m.covariance[i * m.pitch + j];
        variance += covariance[i * width + i] / static_cast<float>(width);
    }
    std::vector<float> change(channels * width, 0);
    if (variance > 0) {
        for (size_t i = 0; i < c.exact.size(); ++i) c.exact[i] -= c.stored[i];
        std::vector<float> missing(c.count * channels, 0);  // of the output
        add_products(transposed(c.exact, width), transposed(c.weights, width), width, missing);
        add_products(missing, c.stored, c.count, change);
        for (float& v : change) v *= share;
        solve(covariance, ridge_share * variance, width, change);
    }
    m.add_noise(c.x_scale * c.x_scale / 12);  // of rounding the inputs
    StepChooser chooser;
    for (size_t channel = 0; channel < channels; ++channel) {
        const std::span w = std::span(c.weights).subspan(channel * width, width);
        if (lattice_scale(w) > 0) continue;  // whoever trained it chose these integers
        double bias = static_cast<double>(c.bias[channel]) + dot(w.data(), exact_mean.data(), width);
        for (size_t i = 0; i < width; ++i) w[i] += change[channel * width + i];
        const ChannelSteps best = chooser.choose(w, least_weight_scale(c.bias[channel], c.x_scale), m);
        for (size_t i = 0; i < width; ++i) w[i] = best.steps[i] * best.scale;
        bias -= dot(w.data(), mean.data(), width);
        c.bias[channel] = static_cast<float>(bias);
    }
}

class Reconstruction {
public:
    Reconstruction(Graph& graph, const QuantPlan& plan, const Samples& samples)
        : graph_(graph), plan_(plan), uses_(graph.values.size(), 0) {
        for (const Node& node : graph.nodes)
            for (ValueId id : node.inputs)
                if (id != no_value) ++uses_[id];
        for (size_t i = 0; i < samples.size(); ++i) inputs_.push_back(samples.inputs(i));
    }

    int run() {
        const Graph exact_graph = graph_;
        Graph stored_graph = apply_plan(graph_, with_float_interface(plan_));
        Stepping exact(exact_graph, inputs_), stored(stored_graph, inputs_);
        std::vector<Node> nodes = stored_graph.nodes;
        size_t n = 0;  // of graph_: nodes that both have come in the same order
        for (Node& node : nodes) {
            const bool both = n < graph_.nodes.size() && node.outputs[0] == graph_.nodes[n].outputs[0];
            if (both && fits(n)) {
                refit(n, exact.of(graph_.nodes[n].inputs[0]), stored_graph.type(node.inputs[0]), stored.of(node.inputs[0]));
                store_weights(graph_, plan_, n, stored_graph, node);
                ++changed_;
            }
            if (both) exact.step(exact_graph, exact_graph.nodes[n++]);
            stored.step(stored_graph, node);
        }
        return changed_;
    }

private:
    bool fits(size_t n) const {
        const Node& node = graph_.nodes[n];
        const auto layer = is_integer_scheme(plan_.nodes[n].scheme) ? LayerRows::of(graph_, node) : std::nullopt;
        return layer && layer->weights() <= widest && uses_[node.inputs[1]] == 1;
    }

    // Rows of the same places of all samples, others for every sample.
    static void read(const LayerRows& layer, const std::vector<std::vector<float>>& inputs, std::vector<float>& rows) {
        const auto samples = std::ssize(inputs);
        const int64_t most = std::clamp(most_numbers / layer.width, int64_t{64}, most_rows);
        const int64_t step = std::max<int64_t>(1, layer.places * samples / most);
        for (size_t s = 0; s < inputs.size(); ++s)
            for (int64_t p = static_cast<int64_t>(s * 7919) % step; p < layer.places; p += step) {
                rows.resize(rows.size() + static_cast<size_t>(layer.width));
                layer.read(inputs[s].data(), p, std::span(rows).last(static_cast<size_t>(layer.width)));
            }
    }

    void refit(size_t n, std::span<const Buffer> exact, const Type& stored_type, std::span<const Buffer> stored) {
        Node& node = graph_.nodes[n];
        const LayerRows layer = *LayerRows::of(graph_, node);
        std::vector<std::vector<float>> numbers;
        Case all;
        for (const Buffer& x : exact) {
            const auto* from = reinterpret_cast<const float*>(x.bytes().data());
            numbers.emplace_back(from, from + x.size() / sizeof(float));
        }
        read(layer, numbers, all.exact);
        for (size_t s = 0; s < stored.size(); ++s) numbers[s] = real_numbers(stored_type, stored[s]);
        read(layer, numbers, all.stored);
        all.width = static_cast<size_t>(layer.width);
        all.count = all.exact.size() / all.width;
        all.x_scale = stored_type.quant->scale[0];
        const auto channels = static_cast<size_t>(layer.channels);
        all.weights = graph_.constant_floats(node.inputs[1]);
        all.bias = node.input(2) == no_value ? std::vector<float>(channels, 0.0f) : graph_.constant_floats(node.inputs[2]);
        if (layer.apart)
            fit_channels(all, channels);
        else
            fit(all);
        put(node, std::move(all));
    }

    // Depthwise: each channel by itself.
    static void fit_channels(Case& all, size_t channels) {
        for (size_t c = 0; c < channels; ++c) {
            Case one{all.count, all.width / channels, {}, {}, {}, {all.bias[c]}, all.x_scale};
            for (size_t i = c; i < all.exact.size(); i += channels) {
                one.exact.push_back(all.exact[i]);
                one.stored.push_back(all.stored[i]);
            }
            for (size_t i = c; i < all.weights.size(); i += channels) one.weights.push_back(all.weights[i]);
            fit(one);
            for (size_t i = 0; i < one.width; ++i) all.weights[i * channels + c] = one.weights[i];
            all.bias[c] = one.bias[0];
        }
    }

    void put(Node& node, Case fitted) {
        const Type type = graph_.type(node.inputs[1]);
        node.inputs[1] = graph_.add_constant(graph_.value(node.inputs[1]).name, type, Buffer::of(std::move(fitted.weights)));
        const std::string name = node.input(2) == no_value ? std::string() : graph_.value(node.inputs[2]).name;
        if (node.inputs.size() < 3) node.inputs.resize(3, no_value);
        const auto channels = static_cast<int64_t>(fitted.bias.size());
        node.inputs[2] = graph_.add_constant(name, {DType::f32, {channels}, {}}, Buffer::of(std::move(fitted.bias)));
    }

    Graph& graph_;
    const QuantPlan& plan_;
    std::vector<int> uses_;
    std::vector<std::vector<Buffer>> inputs_;
    int changed_ = 0;
};

}  // namespace

int reconstruct(Graph& graph, const QuantPlan& plan, const Samples& samples) {
    return Reconstruction(graph, plan, samples).run();
}

}  // namespace tinsmith
