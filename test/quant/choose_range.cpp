// Choosing ranges from a histogram, against the same done directly on the numbers.
#include "quant/choose_range.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace tinsmith {
namespace {

struct Sample {
    std::string name;
    std::vector<float> numbers;
    Range seen;
    Histogram histogram;

    Sample(std::string named, std::vector<float> drawn) : name(std::move(named)), numbers(std::move(drawn)) {
        const auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
        seen = {*low, *high};
        histogram.add(numbers, {std::min(*low, 0.0f), std::max(*high, 0.0f)});
    }
};

std::vector<Sample> samples() {
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    std::exponential_distribution<float> exponential;
    std::student_t_distribution<float> heavy(3);
    std::uniform_real_distribution<float> uniform(-1, 3);
    const auto drawn = [&](auto draw) {
        std::vector<float> numbers(50000);
        for (float& x : numbers) x = draw();
        return numbers;
    };
    return {{"normal", drawn([&] { return normal(random); })},
            {"relu", drawn([&] { return std::max(normal(random), 0.0f); })},
            {"relu6", drawn([&] { return std::clamp(normal(random) * 4, 0.0f, 6.0f); })},
            {"heavy tails", drawn([&] { return heavy(random); })},
            {"negative", drawn([&] { return -exponential(random); })},
            {"uniform", drawn([&] { return uniform(random); })},
            {"far from zero", drawn([&] { return 40 + uniform(random); })}};
}

// Mean squared error of the numbers in 8 bits over the range, with zero on a step, as TFLite's affine types have it.
double squared_error(const std::vector<float>& numbers, Range range) {
    const double low = std::min(range.min, 0.0f), high = std::max(range.max, 0.0f), step = (high - low) / 255;
    const double zero = std::round(-low / step);
    double sum = 0;
    for (double x : numbers) sum += std::pow((std::clamp(std::round(x / step) + zero, 0.0, 255.0) - zero) * step - x, 2);
    return sum / static_cast<double>(numbers.size());
}

TEST(ChooseRange, percentile_leaves_its_share_out) {
    for (const Sample& s : samples())
        for (double percentile : {90.0, 99.0, 99.9, 100.0}) {
            std::vector<float> sorted = s.numbers;
            std::sort(sorted.begin(), sorted.end());
            const auto cut = static_cast<size_t>((1 - percentile / 100) / 2 * static_cast<double>(sorted.size()));
            const Range range = percentile_range(s.histogram, s.seen, percentile);
            EXPECT_NEAR(range.min, sorted[cut], 1.01 * s.histogram.width()) << s.name << " " << percentile;
            EXPECT_NEAR(range.max, sorted[sorted.size() - 1 - cut], 1.01 * s.histogram.width()) << s.name << " " << percentile;
            EXPECT_NEAR(share_outside(s.histogram, range), 0, 1 - percentile / 100 + 1e-9) << s.name << " " << percentile;
        }
}

TEST(ChooseRange, mse_is_near_the_least_error_that_a_search_finds) {
    for (const Sample& s : samples()) {
        double least = squared_error(s.numbers, s.seen);
        for (int i = 1; i <= 24; ++i)
            for (int j = 1; j <= 24; ++j) {
                const Range range{s.seen.min * i / 24, s.seen.max * j / 24};
                least = std::min(least, squared_error(s.numbers, range));
            }
        EXPECT_LE(squared_error(s.numbers, mse_range(s.histogram, s.seen)), 1.06 * least) << s.name;
    }
}

TEST(ChooseRange, all_stay_within_what_was_seen) {
    for (const Sample& s : samples())
        for (const Range& range :
             {percentile_range(s.histogram, s.seen, 99), mse_range(s.histogram, s.seen), entropy_range(s.histogram, s.seen)}) {
            EXPECT_GE(range.min, s.seen.min) << s.name;
            EXPECT_LE(range.max, s.seen.max) << s.name;
            EXPECT_LT(range.min, range.max) << s.name;
        }
}

TEST(ChooseRange, entropy_keeps_what_is_even_and_cuts_what_is_rare) {
    for (const Sample& s : samples()) {
        const Range range = entropy_range(s.histogram, s.seen);
        if (s.name == "uniform" || s.name == "relu6") {
            EXPECT_NEAR(range.max, s.seen.max, 0.05 * s.seen.max) << s.name;
        }
        if (s.name == "heavy tails") {
            EXPECT_LT(range.max, 0.8 * s.seen.max);
            EXPECT_LT(share_outside(s.histogram, range), 0.05);
        }
    }
}

TEST(ChooseRange, a_single_number_is_its_own_range) {
    const Sample zero("zero", {0, 0, 0}), five("five", {5, 5});
    for (const Sample* s : {&zero, &five})
        for (const Range& range : {percentile_range(s->histogram, s->seen, 99), mse_range(s->histogram, s->seen),
                                   entropy_range(s->histogram, s->seen)})
            EXPECT_EQ(range, s->seen);
}

}  // namespace
}  // namespace tinsmith
