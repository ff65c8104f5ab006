// Balanced attention: the float graph computes the same, its ranges are what its tensors go through, and operands are alike.
#include "quant/balance_products.hpp"

#include "ir/builder.hpp"
#include "ir/verify.hpp"
#include "op/list.hpp"
#include "quant/calibrate.hpp"
#include "random_values.hpp"

#include <gtest/gtest.h>

namespace tinsmith {
namespace {

constexpr int64_t tokens = 6;

// One block of attention: query, key and value from one dense layer, whose rows have unlike sizes.
struct Attention {
    Graph g;
    Builder b{g};
    ValueId query = no_value, key = no_value, value = no_value, scores = no_value, sum = no_value;

    Attention(uint32_t seed, bool with_bias) {
        Numbers numbers(seed);
        const int64_t heads = numbers.between(1, 3), width = numbers.between(2, 5), wide = heads * width;
        const ValueId x = g.add_value("x", {DType::f32, {tokens, wide}, {}});
        g.inputs.push_back({"x", x, ""});
        std::vector<float> weights, bias;
        for (float size : {0.2f, 2.5f, 1.0f}) {  // of query, key, value
            for (float w : numbers.normal(wide * wide, size)) weights.push_back(w);
            for (float w : numbers.normal(wide, size)) bias.push_back(w);
        }
        std::vector<ValueId> operands{x, b.floats(weights, {3 * wide, wide})};
        if (with_bias) operands.push_back(b.floats(bias, {3 * wide}));
        const ValueId whole = b.add(op::FullyConnected, operands, {}, "whole");
        const ValueId split = b.add(op::Reshape, {whole}, {{"shape", Ints{tokens, 3, heads, width}}}, "split");
        const ValueId turned = b.add(op::Transpose, {split}, {{"perm", Ints{1, 2, 0, 3}}}, "turned");
        const auto parts = b.add_all(op::Split, {turned}, {{"axis", int64_t{0}}, {"sizes", Ints{1, 1, 1}}}, "part");
        query = parts[0], key = parts[1], value = parts[2];
        scores = b.add(op::MatMul, {query, key}, {{"adj_y", true}}, "scores");
        sum = b.add(op::MatMul, {b.add(op::Softmax, {scores}), value}, {}, "sum");
        const ValueId back = b.add(op::Transpose, {sum}, {{"perm", Ints{0, 2, 1, 3}}});
        const ValueId flat = b.add(op::Reshape, {back}, {{"shape", Ints{tokens, wide}}});
        g.outputs.push_back({"y", b.add(op::FullyConnected, {flat, b.floats(numbers.normal(wide * wide), {wide, wide})}), ""});
        verify(g);
    }
};

float reach(const Ranges& ranges, ValueId id) {
    return std::max(std::abs(ranges.of(id)->range.min), std::abs(ranges.of(id)->range.max));
}

TEST(BalanceProducts, the_graph_computes_the_same_and_its_ranges_hold) {
    int most_scaled = 0;
    for (uint32_t seed = 1; seed <= 12; ++seed) {
        Attention a(seed, seed % 2 == 0);
        const Graph before = a.g;
        const Samples samples = random_samples(before, 30, seed);
        CalibrationOptions minmax;
        minmax.observer = Observer::minmax;
        const Ranges was = calibrate(before, samples, minmax).ranges;
        Ranges ranges = was;
        const int scaled = balance_products(a.g, ranges);
        EXPECT_TRUE(scaled == 2 || scaled == 3) << "seed " << seed;  // value only where it is wider than the others
        most_scaled = std::max(most_scaled, scaled);
        verify(a.g);
        EXPECT_GT(signal_to_noise(before, a.g, samples), 110) << "seed " << seed;
        EXPECT_FLOAT_EQ(reach(ranges, a.query), reach(ranges, a.key));
        const Ranges now = calibrate(a.g, samples, minmax).ranges;  // the oracle: what the new graph shows
        for (ValueId id = 0; id < before.values.size(); ++id) {
            if (!now.of(id)) continue;
            ASSERT_NE(ranges.of(id), nullptr) << before.value(id).name;
            const Range seen = now.of(id)->seen, told = ranges.of(id)->range;
            const float slack = 1e-3f * (seen.max - seen.min);
            EXPECT_LE(told.min, seen.min + slack) << before.value(id).name;
            EXPECT_GE(told.max, seen.max - slack) << before.value(id).name;
        }
        // Of the parts and the products they are exact, and value has no wider range than the others.
        for (ValueId id : {a.query, a.key, a.value, a.scores, a.sum}) {
            EXPECT_NEAR(ranges.of(id)->range.min, now.of(id)->seen.min, 1e-3f * reach(now, id)) << before.value(id).name;
            EXPECT_NEAR(ranges.of(id)->range.max, now.of(id)->seen.max, 1e-3f * reach(now, id)) << before.value(id).name;
        }
        EXPECT_LE(reach(ranges, a.value), 1.21f * reach(ranges, a.key));
        EXPECT_LT(reach(ranges, a.key), reach(was, a.key));
    }
    EXPECT_EQ(most_scaled, 3);
}

TEST(BalanceProducts, what_others_read_is_left_alone) {
    for (int which = 0; which < 3; ++which) {
        Attention a(5, true);
        a.g.outputs.push_back({"also", which == 0 ? a.query : which == 1 ? a.key : a.g.nodes[0].outputs[0], ""});
        const Graph before = a.g;
        const Samples samples = random_samples(before, 5);
        Ranges ranges = calibrate(before, samples, {}).ranges;
        const Ranges was = ranges;
        EXPECT_EQ(balance_products(a.g, ranges), 0) << which;
        EXPECT_EQ(ranges, was);
        EXPECT_GT(signal_to_noise(before, a.g, samples), 200);
    }
}

TEST(BalanceProducts, products_of_unrelated_operands_are_left_alone) {
    Graph g;
    Builder b(g);
    for (const char* name : {"p", "q"}) g.inputs.push_back({name, g.add_value(name, {DType::f32, {3, 3}, {}}), ""});
    g.outputs.push_back({"y", b.add(op::MatMul, {g.inputs[0].value, g.inputs[1].value}), ""});
    Ranges ranges = calibrate(g, random_samples(g, 3), {}).ranges;
    EXPECT_EQ(balance_products(g, ranges), 0);
}

}  // namespace
}  // namespace tinsmith
