// Weights that were stored as integers before: the graph computes the same, and its integers are theirs.
#include "quant/fold_stored_constants.hpp"

#include "ir/builder.hpp"
#include "ir/verify.hpp"
#include "op/list.hpp"
#include "quant/apply.hpp"
#include "quant/calibrate.hpp"
#include "random_values.hpp"

#include <gtest/gtest.h>

namespace tinsmith {
namespace {

TEST(FoldStoredConstants, stored_weights_keep_their_integers) {
    for (uint32_t seed = 1; seed <= 10; ++seed) {
        Numbers numbers(seed);
        const int64_t in = numbers.between(1, 9), out = numbers.between(1, 7);
        Graph g;
        Builder b(g);
        const ValueId x = g.add_value("x", {DType::f32, {1, in}, {}});
        g.inputs.push_back({"x", x, ""});
        std::vector<int8_t> stored;
        Quant quant{{}, std::vector<int64_t>(static_cast<size_t>(out), 0), 0};
        for (int64_t c = 0; c < out; ++c) {
            quant.scale.push_back(std::exp(numbers.normal(1)[0]) / 100);
            for (int64_t i = 0; i < in; ++i) stored.push_back(static_cast<int8_t>(i == 0 ? 127 : numbers.between(-127, 127)));
        }
        const ValueId w = g.add_constant("w", {DType::i8, {out, in}, quant}, Buffer::of(stored));
        const ValueId floats = g.add_value("floats", {DType::f32, {out, in}, {}});
        g.nodes.push_back({&op::Dequantize, {w}, {floats}, {}, ""});
        const bool turned = seed % 2 == 0;  // a Transpose between, there and back
        const Attrs perm{{"perm", Ints{1, 0}}};
        const ValueId weights = turned ? b.add(op::Transpose, {b.add(op::Transpose, {floats}, perm)}, perm) : floats;
        g.outputs.push_back({"y", b.add(op::FullyConnected, {x, weights}), ""});
        verify(g);
        const Graph before = g;
        EXPECT_EQ(fold_stored_constants(g), turned ? 3 : 1);
        verify(g);
        ASSERT_EQ(g.nodes.size(), 1u);
        const Samples samples = random_samples(g, 10, seed);
        EXPECT_GT(signal_to_noise(before, g, samples), 120);
        const QuantPlan plan = plan_quantization(g, calibrate(g, samples, {}).ranges, {});
        ASSERT_EQ(plan.nodes[0].scheme, Scheme::int8) << plan.nodes[0].reason;
        const Graph integers = apply_plan(g, plan);
        const Node& dense = integers.nodes.back();
        const Value& kept = integers.value(dense.inputs[1]);
        if (in < 2) continue;  // one number is no lattice
        const auto* now = reinterpret_cast<const int8_t*>(kept.data->bytes().data());
        for (size_t i = 0; i < stored.size(); ++i) {
            const size_t c = i / static_cast<size_t>(in);
            EXPECT_NEAR(static_cast<double>(now[i] * kept.type.quant->scale[c]),
                        static_cast<double>(stored[i] * quant.scale[c]), 1e-6 * static_cast<double>(quant.scale[c]) * 127);
        }
    }
}

TEST(FoldStoredConstants, what_is_known_at_run_time_alone_stays) {
    Graph g;
    Builder b(g);
    const ValueId x = g.add_value("x", {DType::i8, {4}, Quant{{0.5f}, {0}, -1}});
    g.inputs.push_back({"x", x, ""});
    g.outputs.push_back({"y", b.add(op::Dequantize, {x}), ""});
    EXPECT_EQ(fold_stored_constants(g), 0);
    EXPECT_EQ(g.nodes.size(), 1u);
}

}  // namespace
}  // namespace tinsmith
