// Rows share a scale where they are alike, and only there; what is shared is what is stored.
#include "quant/share_scales.hpp"

#include "ir/builder.hpp"
#include "op/list.hpp"
#include "quant/apply.hpp"
#include "quant/calibrate.hpp"
#include "quant/kept_variation.hpp"
#include "random_values.hpp"

#include <gtest/gtest.h>

namespace tinsmith {
namespace {

constexpr int64_t width = 32, rows = 24;

// Two dense layers; row r of the second is `unlike` to the power of r / rows larger than the first row.
Graph dense(uint32_t seed, float unlike) {
    Numbers numbers(seed);
    Graph g;
    Builder b(g);
    const ValueId x = g.add_value("x", {DType::f32, {1, width}, {}});
    g.inputs.push_back({"x", x, ""});
    const ValueId h = b.add(op::FullyConnected, {x, b.floats(numbers.normal(width * width, 0.2f), {width, width})},
                            {{"activation", std::string("relu")}});
    std::vector<float> w = numbers.normal(rows * width, 0.2f);
    for (size_t i = 0; i < w.size(); ++i) {
        const size_t row = i / static_cast<size_t>(width);
        w[i] *= std::pow(unlike, static_cast<float>(row) / static_cast<float>(rows));
    }
    g.outputs.push_back({"y", b.add(op::FullyConnected, {h, b.floats(w, {rows, width})}), ""});
    return g;
}

struct Shared {
    Graph graph;
    Samples samples;
    QuantPlan plan, before;
    int layers;

    Shared(uint32_t seed, float unlike)
        : graph(dense(seed, unlike)),
          samples(random_samples(graph, 40)),
          plan(plan_quantization(graph, calibrate(graph, samples, {}).ranges, {})),
          before(plan),
          layers(share_scales(graph, plan, samples)) {}
};

TEST(ShareScales, costs_less_than_half_a_decibel_and_is_what_is_stored) {
    int shared = 0;
    for (uint32_t seed = 0; seed < 10; ++seed) {
        const Shared s(seed, 1);
        shared += s.layers;
        const double apart = kept_variation(s.graph, s.graph, s.before, s.samples, 40);
        EXPECT_GT(kept_variation(s.graph, s.graph, s.plan, s.samples, 40), apart - 0.5) << "seed " << seed;
        int single = 0;
        const Graph stored = apply_plan(s.graph, s.plan);
        for (const Node& node : stored.nodes)
            if (node.is(op::FullyConnected)) single += stored.type(node.inputs[1]).quant->scale.size() == 1 ? 1 : 0;
        EXPECT_EQ(single, s.layers) << "seed " << seed;
    }
    EXPECT_GT(shared, 0) << "of 20 layers with rows alike";
}

TEST(ShareScales, rows_of_unlike_sizes_keep_theirs) {
    for (uint32_t seed = 0; seed < 5; ++seed) EXPECT_FALSE(Shared(seed, 1e5f).plan.nodes[1].one_scale) << "seed " << seed;
}

}  // namespace
}  // namespace tinsmith
