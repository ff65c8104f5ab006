// Layers that make up for the rounding in front of them, and what they are made of.
#include "quant/reconstruct.hpp"

#include "ir/builder.hpp"
#include "op/list.hpp"
#include "quant/calibrate.hpp"
#include "quant/kept_variation.hpp"
#include "quant/layer_rows.hpp"
#include "quant/least_squares.hpp"
#include "quant/stepping.hpp"
#include "run/session.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace tinsmith {
namespace {

std::vector<float> noise(size_t count, float spread, uint32_t seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0, spread);
    std::vector<float> out(count);
    for (float& v : out) v = normal(random);
    return out;
}

// Convolutions, one of them depthwise, and a dense layer, with x * Sigmoid(x) between them.
Graph network(int layers) {
    Graph g;
    Builder b(g);
    constexpr int64_t channels = 6;
    ValueId x = g.add_value("x", {DType::f32, {1, 8, 8, channels}, {}});
    g.inputs.push_back({"x", x, ""});
    for (int layer = 0; layer < layers; ++layer) {
        const auto seed = static_cast<uint32_t>(layer);
        const bool apart = layer == 1;
        const ValueId bias = b.floats(noise(channels, 0.1f, 100 + seed), {channels});
        const ValueId y =
            apart
                ? b.add(op::DepthwiseConv, {x, b.floats(noise(9 * channels, 0.6f, seed), {1, 3, 3, channels}), bias},
                        {{"pads", Ints{1, 1, 1, 1}}})
                : b.add(op::Conv, {x, b.floats(noise(channels * 9 * channels, 0.25f, seed), {channels, 3, 3, channels}), bias},
                        {{"pads", Ints{1, 1, 1, 1}}});
        x = b.add(op::Mul, {y, b.add(op::Sigmoid, {y})});
    }
    const ValueId flat = b.add(op::Reshape, {x}, {{"shape", Ints{1, 64 * channels}}});
    const ValueId out =
        b.add(op::FullyConnected, {flat, b.floats(noise(int64_t{5} * 64 * channels, 0.1f, 99), {5, 64 * channels})});
    g.outputs.push_back({"y", out, ""});
    return g;
}

struct Prepared {
    Graph graph;
    Samples samples;
    QuantPlan plan;

    explicit Prepared(Graph g)
        : graph(std::move(g)),
          samples(graph, drawn()),
          plan(plan_quantization(graph, calibrate(graph, samples, {}).ranges, {})) {}
    static DataOptions drawn() {
        DataOptions options;
        options.samples = 12;
        return options;
    }
};

TEST(LeastSquares, products_of_any_number_of_rows) {
    for (size_t count : {1u, 4u, 7u}) {
        const std::vector<float> a = noise(count * 3, 1, 1), b = noise(count * 5, 1, 2);
        std::vector<float> out(15, 0.5f);
        add_products(a, b, count, out);
        for (size_t i = 0; i < 3; ++i)
            for (size_t j = 0; j < 5; ++j) {
                double sum = 0.5;
                for (size_t r = 0; r < count; ++r) sum += static_cast<double>(a[r * 3 + i]) * static_cast<double>(b[r * 5 + j]);
                EXPECT_NEAR(static_cast<double>(out[i * 5 + j]), sum, 1e-5);
            }
    }
}

TEST(LeastSquares, solves_what_it_is_given) {
    constexpr size_t width = 9;
    constexpr float ridge = 0.3f;
    const std::vector<float> rows = noise(20 * width, 1, 3), right = noise(2 * width, 1, 4);
    std::vector<float> m(width * width, 0), x = right;
    add_products(rows, rows, 20, m);
    solve(m, ridge, width, x);
    for (size_t r = 0; r < 2; ++r)
        for (size_t i = 0; i < width; ++i) {
            double sum = static_cast<double>(ridge * x[r * width + i]);
            for (size_t j = 0; j < width; ++j)
                sum += static_cast<double>(m[i * width + j]) * static_cast<double>(x[r * width + j]);
            EXPECT_NEAR(sum, static_cast<double>(right[r * width + i]), 1e-3);
        }
}

// Rows times weights are what the operator computes.
TEST(LayerRows, products_are_the_layers_output) {
    const Graph g = network(2);
    const Prepared p(network(2));
    std::map<ValueId, int> looked_at;
    Session(g, {.fast = false}).run(p.samples.inputs(0), [&](const EvalContext& c) {
        const auto layer = LayerRows::of(g, c.node);
        if (!layer) return;
        ++looked_at[c.node.outputs[0]];
        const std::vector<float> weights = g.constant_floats(c.node.inputs[1]);
        const std::vector<float> bias = c.node.input(2) == no_value
                                            ? std::vector<float>(static_cast<size_t>(layer->channels), 0.0f)
                                            : g.constant_floats(c.node.inputs[2]);
        std::vector<float> row(static_cast<size_t>(layer->width));
        const auto channels = static_cast<size_t>(layer->channels), per_channel = static_cast<size_t>(layer->weights());
        for (int64_t place = 0; place < layer->places; ++place) {
            layer->read(c.in[0].as<float>(), place, row);
            for (size_t k = 0; k < channels; ++k) {
                double sum = static_cast<double>(bias[k]);
                for (size_t i = 0; i < per_channel; ++i) {
                    const size_t w = layer->apart ? i * channels + k : k * per_channel + i;
                    sum += static_cast<double>(row[layer->apart ? w : i]) * static_cast<double>(weights[w]);
                }
                const float computed = c.out[0].as<float>()[static_cast<size_t>(place) * channels + k];
                ASSERT_NEAR(sum, static_cast<double>(computed), 1e-4);
            }
        }
    });
    EXPECT_EQ(looked_at.size(), 3u);
}

TEST(Stepping, computes_what_a_session_computes) {
    const Prepared p(network(3));
    std::vector<std::vector<Buffer>> inputs{p.samples.inputs(0), p.samples.inputs(1)};
    Stepping stepping(p.graph, inputs);
    for (const Node& node : p.graph.nodes) stepping.step(p.graph, node);
    const Session session(p.graph, {.runs = 2});
    for (size_t s = 0; s < inputs.size(); ++s)
        EXPECT_TRUE(same_content(stepping.of(p.graph.outputs[0].value)[s], session.run(inputs[s])[0]));
}

TEST(Reconstruct, keeps_more_of_a_deep_network) {
    const Prepared p(network(6));
    Graph fitted = p.graph;
    EXPECT_EQ(reconstruct(fitted, p.plan, p.samples), 7);
    const double plain = kept_variation(p.graph, p.graph, p.plan, p.samples, 12),
                 after = kept_variation(p.graph, fitted, p.plan, p.samples, 12);
    EXPECT_GT(plain, 5);
    EXPECT_GT(after, plain + 2);
}

TEST(Reconstruct, leaves_shared_weights_alone) {
    Graph g;
    Builder b(g);
    const ValueId x = g.add_value("x", {DType::f32, {1, 8}, {}});
    g.inputs.push_back({"x", x, ""});
    const ValueId weights = b.floats(noise(64, 0.3f, 5), {8, 8});
    const ValueId first = b.add(op::FullyConnected, {x, weights});
    g.outputs.push_back({"y", b.add(op::FullyConnected, {first, weights}), ""});
    const Prepared p(g);
    Graph fitted = p.graph;
    EXPECT_EQ(reconstruct(fitted, p.plan, p.samples), 0);
}

}  // namespace
}  // namespace tinsmith
