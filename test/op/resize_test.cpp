// Resizing against the formula of TFLite's reference kernels, in double, on random sizes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "ir/builder.hpp"
#include "op/list.hpp"

namespace tinsmith {
namespace {

struct Case {
    int64_t in, out;
    bool align_corners, half_pixel_centers;

    double scale() const {
        return align_corners && out > 1 ? static_cast<double>(in - 1) / static_cast<double>(out - 1)
                                        : static_cast<double>(in) / static_cast<double>(out);
    }
    // Pixel and weight pairs of output i.
    std::vector<std::pair<int64_t, double>> linear(int64_t i) const {
        double x = half_pixel_centers ? (static_cast<double>(i) + 0.5) * scale() - 0.5 : static_cast<double>(i) * scale();
        x = std::clamp(x, 0.0, static_cast<double>(in - 1));
        auto low = static_cast<int64_t>(x);
        return {{low, 1 - (x - static_cast<double>(low))}, {std::min(low + 1, in - 1), x - static_cast<double>(low)}};
    }
};

std::vector<float> random_image(std::mt19937& random, int64_t count) {
    std::vector<float> x(static_cast<size_t>(count));
    std::uniform_real_distribution<float> draw(-1, 1);
    for (float& v : x) v = draw(random);
    return x;
}

TEST(Resize, bilinear_is_the_product_of_two_linear_interpolations) {
    std::mt19937 random(21);
    auto draw = [&](int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random); };
    for (int round = 0; round < 100; ++round) {
        bool align = draw(0, 1), half = !align && draw(0, 1);
        Case h{draw(1, 9), draw(1, 20), align, half}, w{draw(1, 9), draw(1, 20), align, half};
        int64_t channels = draw(1, 3);
        Graph g;
        Builder b(g);
        std::vector<float> x = random_image(random, h.in * w.in * channels);
        ValueId y = b.add(op::ResizeBilinear, {b.floats(x, {1, h.in, w.in, channels})},
                          {{"size", Ints{h.out, w.out}}, {"align_corners", align}, {"half_pixel_centers", half}});
        std::vector<float> got = g.constant_floats(y);
        size_t at = 0;
        for (int64_t i = 0; i < h.out; ++i)
            for (int64_t j = 0; j < w.out; ++j)
                for (int64_t c = 0; c < channels; ++c) {
                    double want = 0;
                    for (auto [row, part] : h.linear(i))
                        for (auto [column, share] : w.linear(j))
                            want += part * share * x[static_cast<size_t>((row * w.in + column) * channels + c)];
                    ASSERT_NEAR(got[at++], want, 1e-5) << "seed 21, round " << round << ": " << h.in << " to " << h.out;
                }
    }
}

TEST(Resize, nearest_repeats_pixels_when_it_doubles) {
    Graph g;
    Builder b(g);
    ValueId x = b.floats({1, 2, 3, 4}, {1, 2, 2, 1});
    ValueId y = b.add(op::ResizeNearest, {x}, {{"size", Ints{4, 4}}});
    EXPECT_EQ(g.constant_floats(y), (std::vector<float>{1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4}));
}

TEST(Resize, absurd_sizes_are_refused) {
    Graph g;
    Builder b(g);
    ValueId x = b.floats({1, 2, 3, 4}, {1, 2, 2, 1});
    EXPECT_THROW(b.add(op::ResizeNearest, {x}, {{"size", Ints{0, 4}}}), Error);
    EXPECT_THROW(b.add(op::ResizeBilinear, {x}, {{"size", Ints{INT64_MAX, 4}}}), Error);
    EXPECT_THROW(b.add(op::ResizeBilinear, {x}, {{"size", Ints{4, 4}}, {"align_corners", true}, {"half_pixel_centers", true}}),
                 Error);
}

}  // namespace
}  // namespace tinsmith
