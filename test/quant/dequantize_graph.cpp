// Quantised graphs taken back to floats: what they compute on real numbers, and what saturation meant.
#include "quant/dequantize_graph.hpp"

#include "ir/text.hpp"
#include "op/list.hpp"
#include "quant/apply.hpp"
#include "quant/calibrate.hpp"
#include "quant/plan.hpp"
#include "run/session.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace tinsmith {
namespace {

constexpr std::string_view layers = R"(graph "layers" {
  input "x" = %0 "x": f32[1,6]
  const %1: f32[4,6] = {1.0, 0.5, -0.25, 1.0, 0.1, 0.2, 0.3, 0.4, 1.0, 1.0, 1.0, 1.0, -1.0, 0.5, 0.25, 1.0, -0.1, 0.2, 0.3, 0.4, -1.0, 1.0, 0.5, 1.0}
  const %2: f32[4] = {0.5, -0.25, 0.125, 0.0}
  %3 "hidden": f32[1,4] = FullyConnected(%0, %1, %2) {activation="relu"}
  const %4: f32[3,4] = {1.0, -0.5, 0.25, 1.0, 0.1, 0.2, -0.3, 0.4, 1.0, 1.0, -1.0, 1.0}
  %5 "logits": f32[1,3] = FullyConnected(%3, %4)
  output "y" = %5
}
)";

constexpr Range input_range{-1, 1};

Graph quantised(const Graph& floats) {
    Ranges ranges;
    ranges.tensors.resize(floats.values.size());
    const auto seen = [&](ValueId id, Range range) { ranges.tensors[id].emplace().range = range; };
    seen(floats.inputs[0].value, input_range);
    seen(floats.nodes[0].outputs[0], {0, 4});
    seen(floats.nodes[1].outputs[0], {-6, 6});
    return apply_plan(floats, plan_quantization(floats, ranges, {}));
}

std::vector<float> floats_of(const Buffer& buffer) {
    const auto* data = reinterpret_cast<const float*>(buffer.bytes().data());
    return {data, data + buffer.size() / sizeof(float)};
}

// The largest difference of the outputs of two float graphs over random inputs.
float distance(const Graph& a, const Graph& b) {
    const Session left(a, {}), right(b, {});
    std::mt19937 random(7);
    std::uniform_real_distribution<float> real(input_range.min, input_range.max);
    float worst = 0;
    for (int sample = 0; sample < 50; ++sample) {
        std::vector<float> x(6);
        for (float& value : x) value = real(random);
        const std::vector<Buffer> in{Buffer::of(std::move(x))};
        const auto y = floats_of(left.run(in)[0]), z = floats_of(right.run(in)[0]);
        for (size_t i = 0; i < y.size(); ++i) worst = std::max(worst, std::fabs(y[i] - z[i]));
    }
    return worst;
}

TEST(Dequantized, computes_what_was_quantised) {
    const Graph floats = parse_graph(layers, find_op), integers = quantised(floats);
    ASSERT_TRUE(computes_on_integers(integers));
    EXPECT_FALSE(computes_on_integers(floats));
    EXPECT_EQ(integers_of(integers), DType::i8);
    const Graph back = dequantized(integers);
    EXPECT_FALSE(computes_on_integers(back));
    EXPECT_EQ(back.type(back.inputs[0].value), floats.type(floats.inputs[0].value));
    EXPECT_EQ(back.nodes.size(), floats.nodes.size());
    const float worst = distance(floats, back);
    EXPECT_LT(worst, 0.05f);  // eight weights of half a step of 1/127 each, twice
    EXPECT_GT(worst, 0.0f);
}

// Quantisers drop a Relu where the output's smallest integer already stands for zero.
TEST(Dequantized, saturation_at_zero_is_a_relu) {
    const Graph floats = parse_graph(layers, find_op);
    Graph integers = quantised(floats);
    const auto dense = [](Graph& graph) -> Node& {
        return *std::find_if(graph.nodes.begin(), graph.nodes.end(),
                             [](const Node& node) { return node.is(op::FullyConnected); });
    };
    dense(integers).attrs.set("activation", std::string("none"));
    Graph back = dequantized(integers);
    EXPECT_EQ(dense(back).text("activation"), "relu");
    EXPECT_LT(distance(floats, back), 0.05f);
}

TEST(Dequantized, an_operator_on_the_integers_themselves_is_refused) {
    const Graph graph = parse_graph(R"(graph "cast" {
  input "x" = %0 "x": i8[1,4] quant(scale=[0.5], zero=[3], axis=-1)
  %1: f32[1,4] = Cast(%0) {to="f32"}
  output "y" = %1
}
)",
                                    find_op);
    EXPECT_THROW(dequantized(graph), Error);
}

}  // namespace
}  // namespace tinsmith
