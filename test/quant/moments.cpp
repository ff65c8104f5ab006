// Moments and steps against their definitions, written directly.
#include "quant/choose_steps.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace tinsmith {
namespace {

LayerInputs random_inputs(int64_t width, int64_t count, std::mt19937& random) {
    std::normal_distribution<float> normal;
    LayerInputs inputs{width, count, std::vector<double>(static_cast<size_t>(width), 0.0), {}};
    for (int64_t r = 0; r < count; ++r) {
        const float common = normal(random);
        for (int64_t i = 0; i < width; ++i) {
            inputs.rows.push_back(1 + common + normal(random));
            inputs.sum[static_cast<size_t>(i)] += static_cast<double>(inputs.rows.back());
        }
    }
    return inputs;
}

// Of the columns first, first + stride, ...
void expect_moments(const Moments& m, const LayerInputs& from, size_t first, size_t stride) {
    const auto whole = static_cast<size_t>(from.width), count = static_cast<size_t>(from.count);
    ASSERT_EQ(m.width, whole / stride);
    ASSERT_GE(m.pitch, m.width);
    const auto mean = [&](size_t i) { return from.sum[first + i * stride] / static_cast<double>(count); };
    const auto centred = [&](size_t r, size_t i) {
        return static_cast<double>(from.rows[r * whole + first + i * stride]) - mean(i);
    };
    for (size_t i = 0; i < m.pitch; ++i)
        for (size_t j = 0; j < m.pitch; ++j) {
            double sum = 0;
            for (size_t r = 0; r < count && i < m.width && j < m.width; ++r) sum += centred(r, i) * centred(r, j);
            EXPECT_NEAR(m.covariance[i * m.pitch + j], sum / static_cast<double>(count), 1e-4) << i << " " << j;
        }
    for (size_t i = 0; i < m.width; ++i) EXPECT_NEAR(m.mean[i], mean(i), 1e-5);
}

TEST(Moments, of_rows) {
    std::mt19937 random(3);
    for (const int64_t width : {1, 5, 16, 37}) {
        const LayerInputs inputs = random_inputs(width, 150, random);
        expect_moments(moments(inputs), inputs, 0, 1);
    }
}

TEST(Moments, of_channels) {
    std::mt19937 random(4);
    for (const size_t channels : {1, 7, 16, 35}) {
        const LayerInputs inputs = random_inputs(static_cast<int64_t>(9 * channels), 40, random);
        const std::vector<Moments> all = channel_moments(inputs, channels);
        ASSERT_EQ(all.size(), channels);
        for (size_t c = 0; c < channels; ++c) expect_moments(all[c], inputs, c, channels);
    }
}

// No move of one weight by one step makes the error less, and no scale that was tried does with the nearest steps.
TEST(ChooseSteps, no_step_is_better_by_itself) {
    std::mt19937 random(5);
    StepChooser chooser;
    for (const int64_t width : {1, 9, 16, 50}) {
        const Moments m = moments(random_inputs(width, 100, random));
        std::vector<float> w(static_cast<size_t>(width));
        for (float& v : w) v = std::uniform_real_distribution<float>(-1, 1)(random);
        const auto error_of = [&](const std::vector<float>& steps, float scale) {
            double sum = 0;
            for (size_t i = 0; i < w.size(); ++i)
                for (size_t j = 0; j < w.size(); ++j)
                    sum += static_cast<double>(steps[i] * scale - w[i]) * static_cast<double>(steps[j] * scale - w[j]) *
                           static_cast<double>(m.covariance[i * m.pitch + j]);
            return sum;
        };
        const ChannelSteps best = chooser.choose(w, 0, m);
        ASSERT_EQ(best.steps.size(), w.size());
        const double error = error_of(best.steps, best.scale);
        EXPECT_NEAR(best.error, error, 1e-5 + 1e-2 * error);
        for (size_t i = 0; i < w.size(); ++i) {
            EXPECT_EQ(best.steps[i], std::nearbyint(best.steps[i]));
            EXPECT_LE(std::fabs(best.steps[i]), 127);
            for (const float move : {-1.0f, 1.0f}) {
                std::vector<float> steps = best.steps;
                steps[i] += move;
                if (std::fabs(steps[i]) > 127) continue;
                EXPECT_GE(error_of(steps, best.scale), error - 1e-6) << i;
            }
        }
        std::vector<float> nearest(w.size());
        const float scale =
            std::fabs(*std::max_element(w.begin(), w.end(), [](float a, float b) { return std::fabs(a) < std::fabs(b); })) /
            127;
        for (size_t i = 0; i < w.size(); ++i) nearest[i] = std::nearbyint(w[i] / scale);
        EXPECT_LE(error, error_of(nearest, scale) + 1e-6);
    }
}

// As a pruned filter has them.
TEST(StepChooser, zeros_stay_zeros) {
    std::mt19937 random(3);
    const ChannelSteps best = StepChooser().choose(std::vector<float>(3, 0.0f), 0, moments(random_inputs(3, 20, random)));
    EXPECT_EQ(best.steps, std::vector<float>(3, 0.0f));
    EXPECT_GT(best.scale, 0);
}

TEST(ChooseSteps, scales_stay_above_the_least) {
    std::mt19937 random(6);
    const ChannelSteps best =
        StepChooser().choose(std::vector<float>{0.5f, -1.0f, 0.25f}, 0.1f, moments(random_inputs(3, 20, random)));
    EXPECT_EQ(best.scale, 0.1f);
}

}  // namespace
}  // namespace tinsmith
