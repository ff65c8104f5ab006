// The integer classifier against its formula, in every form that matrices are stored in.
#include "hdc/integer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace tinsmith::hdc {
namespace {

struct Case {
    Model model;
    std::vector<int8_t> features;
};

// bipolar: both matrices; centred: features have offsets of their own.
Case drawn(uint32_t seed, bool bipolar, bool centred, bool from_seed) {
    std::mt19937 random(seed);
    const auto below = [&](uint32_t n) { return static_cast<size_t>(random() % n); };
    Case out;
    Model& m = out.model;
    m.features = 1 + below(seed % 8 == 0 ? 400 : 40);
    m.dimensions = 1 + below(100);
    m.classes = 2 + below(5);
    const auto number = [&] {
        if (bipolar) return random() % 2 ? 0.5F : -0.5F;
        return static_cast<float>(static_cast<int>(random() % 2001) - 1000) / 100;
    };
    if (from_seed) {
        m.seed = seed;
        m.projection = drawn_projection(seed, m.features, m.dimensions);
    } else {
        for (size_t i = 0; i < m.features * m.dimensions; ++i) m.projection.push_back(number());
    }
    for (size_t i = 0; i < m.classes * m.dimensions; ++i) m.prototypes.push_back(number());
    for (size_t i = 0; centred && i < m.features; ++i) m.centre.push_back(static_cast<float>(random() % 50));
    // Some features at the end of their range, where sums are largest; others are often zero points.
    for (size_t i = 0; i < m.features; ++i)
        out.features.push_back(static_cast<int8_t>(seed % 16 == 8   ? 127
                                                   : seed % 16 == 0 ? -128
                                                                    : static_cast<int>(random() % 256) - 128));
    return out;
}

// As float matrices of what is stored, multiplied out one dimension after the other.
std::vector<int64_t> by_formula(const Integer& c, const Case& made) {
    const auto at = [](const Stored& s, size_t row, size_t d, size_t columns) -> int64_t {
        if (s.bits.empty()) return s.bytes[row * columns + d];
        return s.bits[row * ((columns + 31) / 32) + d / 32] >> (d % 32) & 1 ? 1 : -1;
    };
    std::vector<int64_t> out(c.classes);
    for (size_t d = 0; d < c.dimensions; ++d) {
        int64_t sum = 0;
        for (size_t i = 0; i < c.features; ++i) {
            const int64_t offset = c.offsets.empty() ? c.feature_quant.zero_point[0] : c.offsets[i];
            const int64_t weight = c.seed ? static_cast<int64_t>(made.model.projection[i * c.dimensions + d])
                                          : at(c.projection, i, d, c.dimensions);
            sum += (made.features[i] - offset) * weight;
        }
        for (size_t k = 0; k < c.classes; ++k) out[k] += ((sum > 0) - (sum < 0)) * at(c.prototypes, k, d, c.dimensions);
    }
    return out;
}

TEST(HdcKernel, equals_its_formula) {
    for (uint32_t seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const Case made = drawn(seed, seed % 2, seed % 3 == 0, seed % 5 == 0);
        IntegerOptions options;
        options.bits = seed % 4 < 2 ? 1 : 8;
        options.binarize = seed % 7 == 0;
        options.features = {{0.5F}, {static_cast<int64_t>(seed % 256) - 128}, -1};
        const Integer integer = quantized(made.model, options);
        const std::vector<int32_t> scores = integer.scores(made.features);
        const std::vector<int64_t> expected = by_formula(integer, made);
        EXPECT_EQ(std::vector<int64_t>(scores.begin(), scores.end()), expected);
        const auto best = std::max_element(expected.begin(), expected.end()) - expected.begin();
        EXPECT_EQ(integer.classify(made.features), best);
        for (int32_t score : scores) EXPECT_LE(std::abs(score), integer.similarity_one);
    }
}

// On bipolar matrices nothing is rounded: integers decide as the floats do.
TEST(HdcKernel, bipolar_matrices_decide_as_floats_do) {
    for (uint32_t seed = 1; seed <= 100; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const Case made = drawn(seed, true, seed % 2, seed % 3 == 0);
        IntegerOptions options;
        options.bits = seed % 4 < 2 ? 1 : 8;
        options.features = {{1.0F}, {-3}, -1};
        std::vector<double> real;
        for (int8_t q : made.features) real.push_back(q + 3.0);
        EXPECT_EQ(quantized(made.model, options).classify(made.features), classify(made.model, real));
    }
}

TEST(HdcQuantize, int8_with_the_largest_at_127) {
    Model model{2, 3, 2, {0.5F, -2.0F, 1.0F, 0.0F, 2.0F, 0.26F}, {1, -1, 1, -1, 1, 1}, {}, {}};
    const Integer c = quantized(model, {});
    EXPECT_EQ(c.projection.bytes, (std::vector<int8_t>{32, -127, 64, 0, 127, 17}));
    EXPECT_FLOAT_EQ(c.projection.scale, 2.0F / 127);
    EXPECT_EQ(c.prototypes.bytes, (std::vector<int8_t>{127, -127, 127, -127, 127, 127}));
    EXPECT_EQ(c.similarity_one, 3 * 127);
    IntegerOptions bits;
    bits.bits = 1;
    const Integer packed = quantized(model, bits);
    EXPECT_FALSE(packed.projection.bytes.empty());  // not bipolar: it stays
    EXPECT_EQ(packed.prototypes.bits, (std::vector<uint32_t>{0b101, 0b110}));
    EXPECT_EQ(packed.notes.size(), 1u);
    EXPECT_THROW(quantized({1, 2, 1, {0, 0}, {1, 1}, {}, {}}, {}), Error);
}

TEST(HdcQuantize, the_cosine_makes_prototypes_equally_long) {
    // The second is ten times as long, the first points the right way.
    const Model model{1, 2, 2, {1, 1}, {1, 1, 10, -1}, {}, {}};
    IntegerOptions options;
    const std::vector<int8_t> feature{5};
    EXPECT_EQ(quantized(model, options).classify(feature), 1);
    options.cosine = true;
    EXPECT_EQ(quantized(model, options).classify(feature), 0);
}

}  // namespace
}  // namespace tinsmith::hdc
