// Float activations beside stored weights: how activations are quantised, and the layers against their sums written directly.
#include "kernel/hybrid.h"
#include "ir/builder.hpp"
#include "op/list.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <random>

namespace tinsmith {
namespace {

TEST(Hybrid, SymmetricRowsReachTheirEnds) {
    const float x[] = {0, 0.5f, -1, 2, -2, 1.5f, 0.001f, -0.009f, 1.999f};
    int8_t y[9];
    EXPECT_EQ(tin_quantise_symmetric(x, 9, y), 2.0f / 127);
    const int8_t want[] = {0, 32, -64, 127, -127, 95, 0, -1, 127};
    EXPECT_EQ(std::vector<int8_t>(y, y + 9), std::vector<int8_t>(want, want + 9));
    const float nothing[] = {0, 0, 0};
    EXPECT_EQ(tin_quantise_symmetric(nothing, 3, y), 1.0f);
    EXPECT_EQ(std::accumulate(y, y + 3, 0), 0);
}

TEST(Hybrid, AsymmetricRangesHoldZeroExactly) {
    std::mt19937 random(3);
    for (int i = 0; i < 200; ++i) {
        std::vector<float> x(1 + random() % 40);
        const float middle = std::uniform_real_distribution<float>(-3, 3)(random);
        for (float& v : x) v = middle + std::uniform_real_distribution<float>(-2, 2)(random);
        x[0] = 0;
        std::vector<int8_t> y(x.size());
        int32_t zero = 0;
        const float scale = tin_quantise_asymmetric(x.data(), static_cast<int64_t>(x.size()), y.data(), &zero);
        EXPECT_EQ(y[0], zero);
        for (size_t j = 0; j < x.size(); ++j) EXPECT_NEAR(scale * static_cast<float>(y[j] - zero), x[j], scale) << x[j];
    }
}

TEST(Hybrid, NumbersWithoutAValueStayInRange) {
    const float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
    const float x[] = {inf, -inf, nan, 1, -1, 3e38f, -3e38f, 0, nan, inf};
    int8_t y[10];
    int32_t zero = 0;
    tin_quantise_symmetric(x, 10, y);
    for (int8_t v : y) EXPECT_GE(v, -127);
    tin_quantise_asymmetric(x, 10, y, &zero);
    EXPECT_TRUE(zero >= -128 && zero <= 127);
}

struct Random {
    unsigned seed = std::random_device{}();
    std::mt19937 random{seed};
    std::vector<float> floats(int64_t n) {
        std::vector<float> v(static_cast<size_t>(n));
        for (float& x : v) x = std::normal_distribution<float>(0.3f)(random);
        return v;
    }
    std::vector<int8_t> bytes(int64_t n) {
        std::vector<int8_t> v(static_cast<size_t>(n));
        for (int8_t& x : v) x = static_cast<int8_t>(static_cast<int>(random() % 255) - 127);
        return v;
    }
};

// The layer with stored weights stays within what quantising each x by half a step may do to its sum.
void expect_close(const OpDef& def, Random& random, const Shape& x_shape, const Shape& w_shape, int axis, bool channels,
                  const Attrs& attrs) {
    const int64_t n = element_count(w_shape), count = w_shape[static_cast<size_t>(axis)];
    std::vector<float> x = random.floats(element_count(x_shape)), scale(static_cast<size_t>(channels ? count : 1), 0.01f);
    for (size_t c = 0; c < scale.size(); ++c) scale[c] += 0.001f * static_cast<float>(c);
    const std::vector<int8_t> stored = random.bytes(n);
    std::vector<float> real;
    for (int64_t i = 0; i < n; ++i) {
        const int64_t c = axis == 0 ? i / (n / count) : i % count;
        real.push_back(scale[channels ? static_cast<size_t>(c) : 0] * static_cast<float>(stored[static_cast<size_t>(i)]));
    }
    Graph g;
    Builder b(g);
    const Quant quant{scale, std::vector<int64_t>(scale.size(), 0), channels ? axis : -1};
    const ValueId from = b.floats(x, x_shape), bias = b.floats(random.floats(count), {count});
    const ValueId hybrid = b.add(def, {from, b.constant({DType::i8, w_shape, quant}, Buffer::of(stored)), bias}, attrs);
    const std::vector<float> got = g.constant_floats(hybrid),
                             want = g.constant_floats(b.add(def, {from, b.floats(real, w_shape), bias}, attrs));
    const auto [low, high] = std::minmax_element(x.begin(), x.end());
    const double step = 2.1 * std::max(std::abs(*low), std::abs(*high)) / 255;
    const auto each = n / count;  // products of an output
    const double most = step / 2 * 127 * *std::max_element(scale.begin(), scale.end()) * static_cast<double>(each);
    for (size_t i = 0; i < got.size(); ++i)
        ASSERT_NEAR(got[i], want[i], most) << def.name << " " << i << ", seed " << random.seed;
}

TEST(Hybrid, LayersAreCloseToTheFloatOnes) {
    for (int i = 0; i < 20; ++i) {
        Random random;
        for (bool channels : {false, true}) {
            expect_close(op::FullyConnected, random, {3, 20}, {7, 20}, 0, channels, {{"asymmetric_inputs", i % 2 == 0}});
            expect_close(op::Conv, random, {2, 6, 5, 4}, {9, 3, 3, 4}, 0, channels,
                         {{"pads", Ints{1, 1, 1, 1}}, {"strides", Ints{2, 1}}});
            expect_close(op::DepthwiseConv, random, {2, 6, 5, 40}, {1, 3, 3, 40}, 3, channels, {{"dilations", Ints{2, 1}}});
        }
    }
}

}  // namespace
}  // namespace tinsmith
