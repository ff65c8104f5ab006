// Scales from ranges, scales from weights, and recipes.
#include "quant/stored.hpp"
#include "quant/recipe.hpp"
#include "quant/refine_weights.hpp"
#include "quant/weights.hpp"

#include "ir/builder.hpp"
#include "op/list.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace tinsmith {
namespace {

TEST(Stored, zero_is_an_integer_exactly) {
    for (const auto& [range, zero_point] :
         std::vector<std::pair<Range, int64_t>>{{{0, 1}, -128}, {{-1, 0}, 127}, {{2, 3}, -128}}) {
        const Stored stored = stored_for(range, DType::i8);
        EXPECT_EQ(stored.zero_point(), zero_point);
        EXPECT_LE(stored.covers().min, 0);
        EXPECT_GE(stored.covers().max, 0);
    }
    const Stored uneven = stored_for({-0.3f, 2.7f}, DType::i8);
    EXPECT_NEAR(static_cast<double>(uneven.scale()), 3.0 / 255, 1e-7);
    EXPECT_EQ(uneven.zero_point(), -102);  // -128 + 0.3 / (3 / 255) = -102.5, to the even neighbour
}

TEST(Stored, pixels_of_zero_to_one_are_their_bytes) {
    const Stored pixels = stored_for({0, 1}, DType::i8);
    EXPECT_EQ(pixels.scale(), 1.0f / 255);
    EXPECT_EQ(pixels.zero_point(), -128);
}

TEST(Stored, sixteen_bits_are_symmetric_and_nothing_is_a_range_too) {
    EXPECT_EQ(stored_for({-1, 3}, DType::i16).zero_point(), 0);
    EXPECT_NEAR(static_cast<double>(stored_for({-1, 3}, DType::i16).scale()), 3.0 / 32767, 1e-9);
    EXPECT_GT(stored_for({0, 0}, DType::i8).scale(), 0);
}

TEST(Stored, kernels_that_fix_their_output) {
    EXPECT_EQ(fixed_output(op::Softmax, DType::i8), (Stored{DType::i8, {{1.0f / 256}, {-128}, -1}}));
    EXPECT_EQ(fixed_output(op::Tanh, DType::i8), (Stored{DType::i8, {{1.0f / 128}, {0}, -1}}));
    EXPECT_EQ(fixed_output(op::Sigmoid, DType::i16), (Stored{DType::i16, {{1.0f / 32768}, {0}, -1}}));
    EXPECT_EQ(fixed_output(op::Conv, DType::i8), std::nullopt);
}

TEST(Weights, a_lattice_is_found_again) {
    std::mt19937 random(7);
    for (float scale : {0.0123f, 3.7e-5f, 41.0f}) {
        std::vector<float> weights;
        for (int i = 0; i < 40; ++i) weights.push_back(scale * static_cast<float>(static_cast<int>(random() % 255) - 127));
        weights.push_back(scale * 127);
        EXPECT_NEAR(static_cast<double>(lattice_scale(weights) / scale), 1, 1e-6);
        weights[3] += scale * 0.3f;
        EXPECT_EQ(lattice_scale(weights), 0);
    }
    EXPECT_EQ(lattice_scale(std::vector<float>(5, 0.0f)), 0);
}

TEST(Weights, a_large_bias_fits_the_sum) {
    Graph g;
    Builder b(g);
    const ValueId w = b.floats({1e-9f, -1e-9f}, {1, 2});
    const std::vector<float> bias{1000};
    const StoredConstant stored = stored_weights(g, w, 0, bias, 0.01f);
    const StoredConstant added = stored_bias(bias, 0.01f, stored.type.quant->scale, DType::i32);
    const auto steps = *reinterpret_cast<const int32_t*>(added.data.bytes().data());
    EXPECT_LE(steps, (1 << 30) + 64);
    EXPECT_NEAR(static_cast<double>(added.type.quant->scale[0]) * steps, 1000, 1);
}

// Correlated inputs: weights that are chosen together leave less error than weights that are rounded one by one.
TEST(Refine, errors_of_weights_cancel) {
    std::mt19937 random(3);
    std::normal_distribution<float> normal;
    Graph g;
    Builder b(g);
    constexpr int64_t width = 24, rows = 200, channels = 4;
    const ValueId x = g.add_value("x", {DType::f32, {1, width}, {}});
    g.inputs.push_back({"x", x, ""});
    std::vector<float> weights(width * channels);
    for (float& w : weights) w = normal(random);
    const ValueId y = b.add(op::FullyConnected, {x, b.floats(weights, {channels, width})});
    g.outputs.push_back({"y", y, ""});
    QuantPlan plan;
    plan.nodes = {{Scheme::int8, {}}};
    plan.values.resize(g.values.size());
    plan.values[x] = plan.values[y] = Stored{DType::i8, {{0.02f}, {0}, -1}};
    LayerInputs inputs{width, rows, std::vector<double>(width, 0), {}};
    for (int64_t r = 0; r < rows; ++r) {
        const float common = 2 + normal(random);
        for (int64_t i = 0; i < width; ++i) {
            inputs.rows.push_back(common + 0.1f * normal(random));
            inputs.sum[static_cast<size_t>(i)] += static_cast<double>(inputs.rows.back());
        }
    }
    const auto error_of = [&](const Graph& graph) {
        const Node& node = graph.nodes[0];
        const std::vector<float> bias =
            node.input(2) == no_value ? std::vector<float>(channels, 0.0f) : graph.constant_floats(node.inputs[2]);
        const StoredConstant stored = stored_weights(graph, node.inputs[1], 0, bias, 0.02f);
        const auto* steps = reinterpret_cast<const int8_t*>(stored.data.bytes().data());
        double sum = 0;
        for (int64_t r = 0; r < rows; ++r)
            for (int64_t c = 0; c < channels; ++c) {
                float have = bias[static_cast<size_t>(c)], want = 0;
                for (int64_t i = 0; i < width; ++i) {
                    const float in = inputs.rows[static_cast<size_t>(r * width + i)];
                    have += in * static_cast<float>(steps[c * width + i]) * stored.type.quant->scale[static_cast<size_t>(c)];
                    want += in * weights[static_cast<size_t>(c * width + i)];
                }
                sum += static_cast<double>(have - want) * static_cast<double>(have - want);
            }
        return sum;
    };
    const double before = error_of(g);
    EXPECT_EQ(refine_weights(g, plan, {inputs}, 1e9), 1);
    EXPECT_LT(error_of(g), before / 4);
}

TEST(Recipe, the_last_rule_that_fits_decides) {
    Recipe recipe;
    read_recipe(R"({"scheme": "int16x8", "io": "uint8", "rules": [
        {"op": "Relu", "scheme": "int8"}, {"layer": "head*/r", "scheme": "float"}, {"op": "Relu", "target": "tflm", "scheme": "weights_only"}]})",
                recipe);
    Graph g;
    const ValueId y = g.add_value("y", {DType::f32, {1}, {}});
    const auto scheme = [&](const OpDef& op, const std::string& origin) {
        return scheme_of(recipe, g, {&op, {y}, {y}, {}, origin});
    };
    EXPECT_EQ(recipe.io, Io::uint8);
    EXPECT_EQ(scheme(op::Abs, "a"), Scheme::int16x8);
    EXPECT_EQ(scheme(op::Relu, "a"), Scheme::int8);
    EXPECT_EQ(scheme(op::Relu, "head/2/r"), Scheme::stays_float);
    recipe.target = "tflm";
    EXPECT_EQ(scheme(op::Relu, "head/2/r"), Scheme::weights_only);
}

TEST(Recipe, mistakes_are_named) {
    for (const auto& [text, part] : std::vector<std::pair<std::string, std::string>>{
             {"[", "not JSON"},
             {"[]", "no JSON object"},
             {R"({"strict": )" + std::string(100000, '[') + std::string(100000, ']') + "}", "nest deeper"},
             {R"({"schema": 1})", "schema"},
             {R"({"scheme": "int9"})", "int8"},
             {R"({"rules": [{"op": "Convolution", "scheme": "int8"}]})", "Convolution"},
             {R"({"rules": [{"op": "Conv"}]})", "scheme"},
             {R"({"strict": "yes"})", "strict"}}) {
        Recipe recipe;
        try {
            read_recipe(text, recipe);
            ADD_FAILURE() << text;
        } catch (const Error& e) {
            EXPECT_EQ(e.fault, Fault::input);
            EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
        }
    }
}

}  // namespace
}  // namespace tinsmith
