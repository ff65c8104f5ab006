// Extremes, picks and bins by vectors, against plain loops, at every length and alignment.
#include "quant/scan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace tinsmith {
namespace {

std::vector<float> normal(size_t count, unsigned seed, float deviation = 1) {
    std::mt19937 random(seed);
    std::normal_distribution<float> draw(0, deviation);
    std::vector<float> numbers(count);
    for (float& x : numbers) x = draw(random);
    return numbers;
}

TEST(Scan, extremes_are_exact) {
    for (size_t count : {1, 2, 7, 15, 16, 31, 32, 33, 64, 100, 4095, 4096, 4097, 20001})
        for (size_t shift = 0; shift < 3; ++shift) {
            const std::vector<float> numbers = normal(count + shift, static_cast<unsigned>(count));
            const std::span part = std::span(numbers).subspan(shift);
            const Scan seen = scan(part, 1, 0, nullptr);
            EXPECT_EQ(seen.min, *std::min_element(part.begin(), part.end())) << count;
            EXPECT_EQ(seen.max, *std::max_element(part.begin(), part.end())) << count;
            EXPECT_TRUE(seen.finite);
        }
}

TEST(Scan, a_single_bad_number_is_found_anywhere) {
    for (float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), -INFINITY})
        for (size_t at : {0, 1, 15, 16, 47, 63, 64, 65, 66}) {
            std::vector<float> numbers = normal(67, 1);
            numbers[at] = bad;
            EXPECT_FALSE(scan(numbers, 1, 0, nullptr).finite) << bad << " at " << at;
        }
    EXPECT_TRUE(scan(std::vector<float>(67, std::numeric_limits<float>::max()), 1, 0, nullptr).finite);
}

TEST(Scan, picks_every_step_from_the_phase) {
    const std::vector<float> numbers = normal(10000, 2);
    for (size_t step : {1, 3, 977, 4096})
        for (size_t phase : {size_t{0}, step / 2, step - 1}) {
            std::vector<float> picked, expected;
            scan(numbers, step, phase, &picked);
            for (size_t i = phase; i < numbers.size(); i += step) expected.push_back(numbers[i]);
            EXPECT_EQ(picked, expected) << step << " from " << phase;
            picked.clear();
            pick(numbers, step, phase, picked);
            EXPECT_EQ(picked, expected) << step << " from " << phase;
        }
}

TEST(Scan, bins_are_floors) {
    std::vector<float> numbers = normal(9001, 3);
    numbers.insert(numbers.end(), {0.0f, -0.0f, -1e-30f, 1e-30f, 0.25f, -0.25f});
    std::vector<uint32_t> counts(200, 0), expected(200, 0);
    count_bins(numbers, 8, -100, counts.data());
    for (float x : numbers) ++expected[static_cast<size_t>(std::floor(x * 8) + 100)];
    EXPECT_EQ(counts, expected);
}

}  // namespace
}  // namespace tinsmith
