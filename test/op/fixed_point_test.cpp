// The fixed-point arithmetic of quantised kernels against the same roundings written in wider arithmetic.
#include "kernel/fixed_point.h"
#include "op/integer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace tinsmith {
namespace {

TEST(FixedPoint, HighProductRoundsHalvesUpAndSaturates) {
    std::mt19937 random(7);
    const auto expect = [](int32_t a, int32_t b) {
        const __int128 exact = static_cast<__int128>(a) * b;
        // floor(exact / 2^31 + 1/2)
        __int128 nearest = (exact + (1 << 30)) >> 31;
        nearest = std::min<__int128>(nearest, INT32_MAX);
        ASSERT_EQ(tin_doubling_high_mul(a, b), static_cast<int32_t>(nearest)) << a << " * " << b;
    };
    const int32_t corners[] = {INT32_MIN, INT32_MIN + 1, -(1 << 30), -3, -1, 0, 1, 2, 1 << 30, INT32_MAX};
    for (int32_t a : corners)
        for (int32_t b : corners) expect(a, b);
    for (int i = 0; i < 10000; ++i) expect(static_cast<int32_t>(random()), static_cast<int32_t>(random()));
}

TEST(FixedPoint, DivisionRoundsHalvesAwayFromZero) {
    std::mt19937 random(8);
    for (int i = 0; i < 10000; ++i) {
        const auto x = static_cast<int32_t>(random());
        const int exponent = static_cast<int>(random() % 32);
        ASSERT_EQ(tin_rounding_divide(x, exponent), static_cast<int32_t>(std::round(std::ldexp(x, -exponent))))
            << x << " " << exponent;
    }
}

TEST(FixedPoint, MultipliersAreTheNearestThatFit) {
    std::mt19937 random(9);
    std::uniform_real_distribution<double> exponents(-30, 20);
    for (int i = 0; i < 1000; ++i) {
        const double real = std::exp2(exponents(random));
        const tin_multiplier m = quantised_multiplier(real);
        ASSERT_GE(m.mantissa, 1 << 30);
        ASSERT_NEAR(std::ldexp(m.mantissa, m.shift - 31) / real, 1, 1e-9);
    }
    const tin_multiplier one = quantised_multiplier(1 - 1e-12);  // rounds up to 1
    EXPECT_EQ(one.mantissa, 1 << 30);
    EXPECT_EQ(one.shift, 1);
    EXPECT_EQ(quantised_multiplier(0).mantissa, 0);
    EXPECT_EQ(quantised_multiplier(1e-12).mantissa, 0);
}

TEST(FixedPoint, ScalesToTheNearest) {
    std::mt19937 random(10);
    for (int i = 0; i < 10000; ++i) {
        const tin_multiplier m{static_cast<int32_t>((1u << 30) + random() % (1u << 30)), -static_cast<int32_t>(random() % 20)};
        const double real = std::ldexp(m.mantissa, m.shift - 31);
        const auto x = static_cast<int32_t>(random()) >> 8;
        ASSERT_NEAR(tin_scale(x, m), x * real, 1.0);
        // The mantissa of the wide form has 15 bits.
        ASSERT_NEAR(tin_scale_wide(x, m), x * real, 0.51 + std::abs(x * real) / 32768);
    }
    EXPECT_EQ(tin_scale(3, {1 << 30, 3}), 12);
    EXPECT_EQ(tin_scale_wide(3, {1 << 30, 3}), 12);
    EXPECT_EQ(tin_scale_wide(-3, {1 << 30, 0}), -1);  // -1.5, halves up
    EXPECT_EQ(tin_scale(-3, {1 << 30, 0}), -1);       // the product rounds halves up
    EXPECT_EQ(tin_scale(-3, {1 << 30, -1}), -1);      // -0.75: the product is -1 already, then -0.5 away from zero
}

}  // namespace
}  // namespace tinsmith
