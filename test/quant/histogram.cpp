// Histograms: what they hold does not depend on order, and is what the numbers are.
#include "quant/histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace tinsmith {
namespace {

Range hull(const std::vector<float>& numbers) {
    const auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
    return {std::min(*low, 0.0f), std::max(*high, 0.0f)};
}

// Parts whose ranges differ by many powers of two.
std::vector<std::vector<float>> parts(unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> draw;
    std::vector<std::vector<float>> list(12);
    for (auto& part : list) {
        const float scale = std::exp2(draw(random) * 5), shift = draw(random);
        part.resize(1 + random() % 3000);
        for (float& x : part) x = (draw(random) + shift) * scale;
    }
    return list;
}

TEST(Histogram, the_order_of_parts_does_not_matter) {
    for (unsigned seed = 0; seed < 20; ++seed) {
        auto list = parts(seed);
        Histogram one, other, halves[2];
        std::vector<float> all;
        for (const auto& part : list) one.add(part, hull(part));
        for (const auto& part : list) all.insert(all.end(), part.begin(), part.end());
        for (size_t i = 0; i < list.size(); ++i) halves[i % 2].add(list[i], hull(list[i]));
        std::reverse(list.begin(), list.end());
        for (const auto& part : list) other.add(part, hull(part));
        Histogram merged, at_once;
        merged.merge(halves[1]);
        merged.merge(halves[0]);
        at_once.add(all, hull(all));
        EXPECT_EQ(one, other) << "seed " << seed;
        EXPECT_EQ(one, merged) << "seed " << seed;
        EXPECT_EQ(one, at_once) << "seed " << seed;
    }
}

TEST(Histogram, bins_hold_what_lies_between_their_borders) {
    for (unsigned seed = 0; seed < 20; ++seed) {
        const std::vector<float> numbers = parts(seed)[0];
        Histogram h;
        h.add(numbers, hull(numbers));
        EXPECT_LE(h.bins(), static_cast<size_t>(Histogram::most_bins));
        EXPECT_EQ(h.total(), numbers.size());
        for (size_t i = 0; i < h.bins(); i += 37) {
            const auto inside =
                std::count_if(numbers.begin(), numbers.end(), [&](float x) { return x >= h.left(i) && x < h.left(i + 1); });
            EXPECT_EQ(h.count(i), inside);
        }
    }
}

TEST(Histogram, bins_are_fine_for_any_range) {
    for (float size : {1e-30f, 1e-3f, 1.0f, 5.99f, 1e10f, 3e38f}) {
        Histogram h;
        h.add(std::vector<float>{0, size / 3, size}, {0, size});
        EXPECT_GT(h.bins(), 2040u) << size;
    }
    Histogram nothing;
    nothing.add(std::vector<float>{0, 0}, {0, 0});
    EXPECT_EQ(nothing.total(), 2u);
    Histogram least;
    least.add(std::vector<float>{1e-44f, -1e-44f}, {-1e-44f, 1e-44f});
    EXPECT_EQ(least.total(), 2u);
}

}  // namespace
}  // namespace tinsmith
