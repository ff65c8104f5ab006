// The layer whose result does not fit 8 bits is named first.
#include "api/rank_layers.hpp"

#include "ir/builder.hpp"
#include "op/list.hpp"

#include <gtest/gtest.h>

namespace tinsmith {
namespace {

// Three dense layers; one result of the second is a thousand times as large as the others, and its reader nearly ignores it.
Graph network() {
    Graph g;
    Builder b(g);
    ValueId x = g.add_value("x", {DType::f32, {1, 4}, {}});
    g.inputs.push_back({"x", x, ""});
    const auto layer = [&](const char* name, std::vector<float> weights) {
        b.origin = name;
        x = b.add(op::FullyConnected, {x, b.floats(std::move(weights), {4, 4})});
    };
    layer("first", {1, 0.5f, 0, 0, 0, 1, 0.5f, 0, 0, 0, 1, 0.5f, 0.5f, 0, 0, 1});
    layer("second", {1000, 0, 300, 0, 0, 1, 0.5f, 0, 0, 0, 1, 0.5f, 0.5f, 0, 0, 1});
    layer("third", {0.001f, 0.01f, 0, 0, 0, 1, 0.5f, 0, 0, 0, 1, 0.5f, 0, 0.3f, 0, 1});
    g.outputs.push_back({"y", x, ""});
    return g;
}

TEST(RankLayers, the_worst_comes_first) {
    const Graph g = network();
    DataOptions drawn;
    drawn.samples = 20;
    const std::vector<LayerLoss> ranked = rank_layers(g, Samples(g, drawn));
    ASSERT_EQ(ranked.size(), 3u);
    EXPECT_EQ(ranked[0].layer, "second");
    EXPECT_LT(ranked[0].sqnr, 10);
    EXPECT_GT(ranked[1].sqnr, 25);
    EXPECT_LE(ranked[1].sqnr, ranked[2].sqnr);
}

TEST(RankLayers, without_layers_there_is_nothing_to_rank) {
    Graph g;
    Builder b(g);
    const ValueId x = g.add_value("x", {DType::f32, {1, 4}, {}});
    g.inputs.push_back({"x", x, ""});
    g.outputs.push_back({"y", b.add(op::Relu, {x}), ""});
    EXPECT_TRUE(rank_layers(g, Samples(g, {})).empty());
}

}  // namespace
}  // namespace tinsmith
