// Plans of small graphs: fixed ranges, groups that share a scale, what is requantised, what stays float, and what the interface holds.
#include "quant/plan.hpp"

#include "ir/builder.hpp"
#include "ir/text.hpp"
#include "ir/verify.hpp"
#include "op/list.hpp"
#include "quant/apply.hpp"
#include "quant/calibrate.hpp"
#include "quant/split_outputs.hpp"
#include "run/session.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace tinsmith {
namespace {

Ranges ranges_by_name(const Graph& graph, const std::map<std::string, Range>& ranges) {
    Ranges out;
    out.tensors.resize(graph.values.size());
    for (ValueId id = 0; id < graph.values.size(); ++id)
        if (auto range = ranges.find(graph.value(id).name); range != ranges.end()) {
            out.tensors[id].emplace();
            out.tensors[id]->range = range->second;
        }
    return out;
}

ValueId named(const Graph& graph, std::string_view name) {
    for (ValueId id = 0; id < graph.values.size(); ++id)
        if (graph.value(id).name == name) return id;
    ADD_FAILURE() << "no value " << name;
    return 0;
}

const Stored& stored(const Graph& graph, const QuantPlan& plan, std::string_view name) {
    const auto& found = plan.values.at(named(graph, name));
    EXPECT_TRUE(found.has_value()) << name;
    return *found;
}

TEST(Plan, slopes_of_sixteen_bit_activations_have_eight) {
    const Graph g = parse_graph(R"(graph "leaky" {
  input "x" = %0 "x": f32[1,4,4,2]
  const %1: f32[2] = {0.25, 0.5}
  %2 "y": f32[1,4,4,2] = PRelu(%0, %1)
  output "y" = %2
}
)",
                                find_op);
    Recipe recipe;
    recipe.scheme = Scheme::int16x8;
    const QuantPlan plan = plan_quantization(g, ranges_by_name(g, {{"x", {-1, 1}}, {"y", {-0.5, 1}}}), recipe);
    EXPECT_EQ(plan.values[1]->dtype, DType::i8);
    EXPECT_EQ(stored(g, plan, "y").dtype, DType::i16);
    verify(apply_plan(g, plan));
}

constexpr std::string_view pooled = R"(graph "pooled" {
  input "x" = %0 "x": f32[1,4,4,2]
  const %1: f32[2,1,1,2] = {1.0, 0.5, -0.25, 1.0}
  %2 "conv": f32[1,4,4,2] = Conv(%0, %1)
  %3 "pool": f32[1,2,2,2] = MaxPool(%2) {kernel=[2, 2], strides=[2, 2]}
  output "y" = %3
}
)";

TEST(Plan, pool_keeps_the_scale_of_its_input) {
    const Graph g = parse_graph(pooled, find_op);
    const QuantPlan plan = plan_quantization(g, ranges_by_name(g, {{"x", {-1, 1}}, {"conv", {-2, 6}}, {"pool", {0, 6}}}), {});
    EXPECT_EQ(stored(g, plan, "conv"), stored(g, plan, "pool"));
    EXPECT_NEAR(static_cast<double>(stored(g, plan, "conv").scale()), 8.0 / 255, 1e-6);
    EXPECT_TRUE(plan.requantised.empty());
    EXPECT_EQ(plan.outputs[0], stored(g, plan, "pool"));
}

TEST(Plan, a_float_interface_converts_at_both_ends) {
    const Graph g = parse_graph(pooled, find_op);
    const Ranges ranges = ranges_by_name(g, {{"x", {-1, 1}}, {"conv", {-2, 6}}, {"pool", {0, 6}}});
    Recipe recipe;
    recipe.io = Io::float32;
    const Graph floats = apply_plan(g, plan_quantization(g, ranges, recipe));
    verify(floats);
    EXPECT_EQ(floats.type(floats.inputs[0].value).dtype, DType::f32);
    EXPECT_EQ(floats.nodes.front().op, &op::Quantize);
    EXPECT_EQ(floats.nodes.back().op, &op::Dequantize);
    recipe.io = Io::uint8;
    const Type input = [&] {
        const Graph bytes = apply_plan(g, plan_quantization(g, ranges, recipe));
        return bytes.type(bytes.inputs[0].value);
    }();
    EXPECT_EQ(input.dtype, DType::u8);
    EXPECT_EQ(input.quant->zero_point[0], 127);  // -1 is 127.5 steps below
}

TEST(Plan, what_the_recipe_leaves_float_is_said_and_strict_refuses_it) {
    const Graph g = parse_graph(pooled, find_op);
    const Ranges ranges = ranges_by_name(g, {{"x", {-1, 1}}, {"conv", {-2, 6}}, {"pool", {0, 6}}});
    Recipe recipe;
    read_recipe(R"({"rules": [{"op": "Conv", "scheme": "float"}]})", recipe);
    const QuantPlan plan = plan_quantization(g, ranges, recipe);
    EXPECT_EQ(plan.nodes[0].scheme, Scheme::stays_float);
    EXPECT_EQ(plan.nodes[0].reason, "the recipe says so");
    EXPECT_FALSE(plan.notes.empty());
    EXPECT_NE(print_plan(g, plan).find("the recipe says so"), std::string::npos);
    recipe.strict = true;
    EXPECT_THROW(plan_quantization(g, ranges, recipe), Error);
}

constexpr std::string_view joined = R"(graph "joined" {
  input "x" = %0 "x": f32[1,4]
  const %1: f32[3,4] = {1.0, 0.5, -0.25, 1.0, 0.1, 0.2, 0.3, 0.4, 1.0, 1.0, 1.0, 1.0}
  const %2: f32[2,4] = {1.0, 2.0, -0.25, 1.0, 0.1, 0.2, 0.3, 0.4}
  %3 "a": f32[1,3] = FullyConnected(%0, %1)
  %4 "b": f32[1,2] = FullyConnected(%0, %2)
  %5 "both": f32[1,5] = Concat(%3, %4) {axis=1}
  const %6: f32[2,3] = {1.0, 0.5, -0.25, 1.0, 0.1, 0.2}
  %7 "c": f32[1,2] = FullyConnected(%3, %6)
  output "y" = %5
  output "z" = %7
}
)";

TEST(Plan, parts_of_alike_range_share_one_scale) {
    const Graph g = parse_graph(joined, find_op);
    const QuantPlan plan = plan_quantization(
        g, ranges_by_name(g, {{"x", {-1, 1}}, {"a", {-3, 4}}, {"b", {-4, 4}}, {"both", {-4, 4}}, {"c", {0, 1}}}), {});
    EXPECT_EQ(stored(g, plan, "a"), stored(g, plan, "both"));
    EXPECT_EQ(stored(g, plan, "b"), stored(g, plan, "both"));
    EXPECT_TRUE(plan.requantised.empty());
}

TEST(Plan, a_part_that_others_read_keeps_its_finer_scale) {
    const Graph g = parse_graph(joined, find_op);
    const QuantPlan plan = plan_quantization(
        g, ranges_by_name(g, {{"x", {-1, 1}}, {"a", {-1, 1}}, {"b", {-4, 4}}, {"both", {-4, 4}}, {"c", {0, 1}}}), {});
    EXPECT_NE(stored(g, plan, "a"), stored(g, plan, "both"));
    ASSERT_TRUE(plan.requantised.contains({2, 0}));
    EXPECT_EQ(plan.requantised.at({2, 0}), stored(g, plan, "both"));
    verify(apply_plan(g, plan));
}

TEST(Plan, a_join_of_very_different_ranges_is_reported) {
    const Graph g = parse_graph(joined, find_op);
    const auto notes = [&](float b) {
        return plan_quantization(
                   g, ranges_by_name(g, {{"x", {-1, 1}}, {"a", {-1, 1}}, {"b", {-b, b}}, {"both", {-b, b}}, {"c", {0, 1}}}), {})
            .notes;
    };
    EXPECT_TRUE(notes(7).empty());
    ASSERT_EQ(notes(20).size(), 1U);
    EXPECT_NE(notes(20)[0].find("differ 20 times"), std::string::npos) << notes(20)[0];
    EXPECT_NE(notes(20)[0].find("'a' -1..1, which is left with 13 steps"), std::string::npos) << notes(20)[0];
}

TEST(Split, outputs_of_unlike_ranges_become_several) {
    Graph g = parse_graph(R"(graph "detector" {
  input "x" = %0 "x": f32[1,3,4]
  const %1: f32[4,4] = {1.0, 0.5, -0.25, 1.0, 0.1, 0.2, 0.3, 0.4, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0}
  const %2: f32[2,4] = {1.0, 2.0, -0.25, 1.0, 0.1, 0.2, 0.3, 0.4}
  %3 "box": f32[1,3,4] = FullyConnected(%0, %1)
  %4 "score": f32[1,3,2] = FullyConnected(%0, %2)
  %5 "both": f32[1,3,6] = Concat(%3, %4) {axis=2}
  %6 "flat": f32[3,6] = Reshape(%5) {shape=[3, 6]}
  output "y" = %6
}
)",
                          find_op);
    Ranges ranges =
        ranges_by_name(g, {{"x", {-1, 1}}, {"box", {-50, 300}}, {"score", {0, 1}}, {"both", {-50, 300}}, {"flat", {-50, 300}}});
    EXPECT_EQ(split_outputs(g, ranges).size(), 1U);
    ASSERT_EQ(g.outputs.size(), 2U);
    EXPECT_EQ(g.outputs[0].name, "y_boxes");
    EXPECT_EQ(g.outputs[1].name, "y_scores");
    EXPECT_EQ(g.type(g.outputs[0].value).shape, (Shape{3, 4}));
    EXPECT_EQ(g.type(g.outputs[1].value).shape, (Shape{3, 2}));
    const QuantPlan plan = plan_quantization(g, ranges, {});
    EXPECT_NEAR(static_cast<double>(plan.outputs[1]->scale()), 1.0 / 255, 1e-6);
    verify(apply_plan(g, plan));
}

TEST(Split, outputs_of_alike_ranges_stay_one) {
    Graph g = parse_graph(joined, find_op);
    Ranges ranges = ranges_by_name(g, {{"x", {-1, 1}}, {"a", {-1, 1}}, {"b", {-7, 7}}, {"both", {-7, 7}}, {"c", {0, 1}}});
    EXPECT_TRUE(split_outputs(g, ranges).empty());
    EXPECT_EQ(g.outputs.size(), 2U);
}

TEST(Stated, scales_of_the_model_are_taken_and_floats_remain) {
    Graph g;
    Builder b(g);
    const ValueId x = g.add_value("x", {DType::f32, {1, 2, 2, 1}, {}});
    g.inputs.push_back({"x", x, ""});
    const auto through = [&](ValueId value, const char* dtype, double scale, int64_t zero_point) {
        const Attrs attrs{{"dtype", std::string(dtype)}, {"scale", Floats{scale}}, {"zero_point", Ints{zero_point}}};
        return b.add(op::Dequantize, {b.add(op::Quantize, {value}, attrs)});
    };
    const ValueId y = b.add(op::Conv, {through(x, "i8", 0.5, 3), b.floats({2.0f}, {1, 1, 1, 1})});
    g.outputs.push_back({"y", through(through(y, "u8", 0.25, 128), "i8", 0.5, 0), ""});  // the first scale holds
    const StatedScales stated = take_stated_scales(g);
    ASSERT_EQ(g.nodes.size(), 1U);
    const QuantPlan plan = plan_quantization(g, ranges_of(g, stated), {}, stated);
    EXPECT_EQ(*plan.inputs[0], (Stored{DType::i8, {{0.5f}, {3}, -1}}));
    EXPECT_EQ(*plan.outputs[0], (Stored{DType::i8, {{0.25f}, {0}, -1}}));
    verify(apply_plan(g, plan));
}

// A chain of layers with random weights: integers keep nearly all of the signal.
TEST(Apply, integers_compute_nearly_what_floats_compute) {
    for (uint32_t seed = 1; seed <= 12; ++seed) {
        std::mt19937 random(seed);
        std::normal_distribution<float> normal;
        const auto numbers = [&](int64_t count) {
            std::vector<float> out(static_cast<size_t>(count));
            for (float& v : out) v = normal(random);
            return out;
        };
        Graph g;
        Builder b(g);
        const int64_t c = 1 + random() % 5, d = 1 + random() % 6;
        const ValueId x = g.add_value("x", {DType::f32, {1, 6, 5, c}, {}});
        g.inputs.push_back({"x", x, ""});
        const Attrs relu{{"pads", Ints{1, 1, 1, 1}}, {"activation", std::string("relu")}};
        ValueId y = b.add(op::Conv, {x, b.floats(numbers(d * 9 * c), {d, 3, 3, c}), b.floats(numbers(d), {d})}, relu);
        y = b.add(op::DepthwiseConv, {y, b.floats(numbers(9 * d), {1, 3, 3, d}), b.floats(numbers(d), {d})},
                  {{"pads", Ints{1, 1, 1, 1}}});
        y = b.add(op::MaxPool, {y}, {{"kernel", Ints{2, 2}}, {"strides", Ints{2, 2}}});
        const int64_t flat = g.type(y).elements();
        y = b.add(op::Reshape, {y}, {{"shape", Shape{1, flat}}});
        y = b.add(op::FullyConnected, {y, b.floats(numbers(3 * flat), {3, flat}), b.floats(numbers(3), {3})});
        g.outputs.push_back({"y", y, ""});
        verify(g);
        DataOptions data;
        data.samples = 20;
        const Samples samples(g, data);
        Recipe recipe;
        recipe.io = Io::float32;
        const QuantPlan plan = plan_quantization(g, calibrate(g, samples, {}).ranges, recipe);
        for (const NodePlan& node : plan.nodes) EXPECT_EQ(node.scheme, Scheme::int8) << node.reason;
        const Graph integers = apply_plan(g, plan);
        verify(integers);
        const Session exact(g), stored(integers);
        double signal = 0, noise = 0;
        for (size_t i = 0; i < samples.size(); ++i) {
            const Buffer want = exact.run(samples.inputs(i))[0], have = stored.run(samples.inputs(i))[0];
            for (size_t k = 0; k < 3; ++k) {
                const double a = static_cast<double>(reinterpret_cast<const float*>(want.bytes().data())[k]);
                const double e = static_cast<double>(reinterpret_cast<const float*>(have.bytes().data())[k]) - a;
                signal += a * a;
                noise += e * e;
            }
        }
        EXPECT_GT(10 * std::log10(signal / noise), 28) << "seed " << seed;
    }
}

}  // namespace
}  // namespace tinsmith
