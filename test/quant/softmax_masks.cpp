// Masks in front of a Softmax: found, and no part of a range, whatever number hides a score.
#include "quant/softmax_masks.hpp"

#include "ir/builder.hpp"
#include "ir/verify.hpp"
#include "op/list.hpp"
#include "quant/apply.hpp"
#include "quant/calibrate.hpp"
#include "run/session.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tinsmith {
namespace {

struct Masked {
    Graph g;
    Builder b{g};
    ValueId scores = g.add_value("scores", {DType::f32, {1, 4, 4}, {}}), sum = no_value;

    // The lower triangle counts.
    Masked(bool chosen, float hidden) {
        g.inputs.push_back({"scores", scores, ""});
        std::vector<float> numbers;
        std::vector<uint8_t> hides;
        for (int row = 0; row < 4; ++row)
            for (int column = 0; column < 4; ++column) {
                numbers.push_back(column > row ? hidden : 0);
                hides.push_back(column > row);
            }
        const ValueId condition = b.constant({DType::boolean, {4, 4}, {}}, Buffer::of(std::move(hides)));
        sum = chosen ? b.add(op::Where, {condition, b.scalar(static_cast<double>(hidden), DType::f32), scores})
                     : b.add(op::Add, {scores, b.floats(std::move(numbers), {4, 4})});
        g.outputs.push_back({"shares", b.add(op::Softmax, {sum}), ""});
    }
};

TEST(SoftmaxMasks, leave_steps_for_the_scores_that_count) {
    for (bool chosen : {false, true})
        for (float hidden : {-100.0f, -1e9f, std::numeric_limits<float>::lowest(), -std::numeric_limits<float>::infinity()}) {
            SCOPED_TRACE(fmt::format("{} {}", chosen ? "Where" : "Add", hidden));
            Masked m(chosen, hidden);
            ASSERT_EQ(softmax_masks(m.g).size(), 1u);
            DataOptions data;
            data.samples = 20;
            const Samples samples(m.g, data);
            Recipe recipe;
            recipe.strict = true;
            const QuantPlan plan = plan_quantization(m.g, calibrate(m.g, samples, {}).ranges, recipe);
            EXPECT_LT(plan.values[m.sum]->scale(), 0.1f);
            const Graph stored = apply_plan(m.g, with_float_interface(plan));
            verify(stored);
            const std::vector<Buffer> inputs = samples.inputs(3);
            const Buffer exact = Session(m.g).run(inputs)[0], got = Session(stored).run(inputs)[0];
            const auto *a = reinterpret_cast<const float*>(exact.bytes().data()),
                       *y = reinterpret_cast<const float*>(got.bytes().data());
            for (int i = 0; i < 16; ++i) EXPECT_NEAR(static_cast<double>(a[i]), static_cast<double>(y[i]), 0.05) << i;
        }
}

TEST(SoftmaxMasks, what_else_the_constant_adds_counts) {
    Masked m(false, -1e9f);
    std::vector<float> numbers = m.g.constant_floats(softmax_masks(m.g)[0].mask);
    numbers[0] = 30;
    numbers[4] = -20;
    m.g.nodes[0].inputs[1] = m.b.floats(std::move(numbers), {4, 4});
    const SoftmaxMask mask = softmax_masks(m.g).at(0);
    EXPECT_EQ(masked_range(m.g, mask, {-2, 3}), (Range{-34, 33}));
    EXPECT_EQ(mask_range(m.g, mask, {-2, 3}), (Range{-37, 30}));
}

TEST(SoftmaxMasks, other_sums_are_none) {
    Masked m(false, -20);
    EXPECT_TRUE(softmax_masks(m.g).empty());
    Masked shown(false, -1e9f);
    shown.g.outputs.push_back({"sum", shown.sum, ""});
    EXPECT_TRUE(softmax_masks(shown.g).empty());
}

}  // namespace
}  // namespace tinsmith
