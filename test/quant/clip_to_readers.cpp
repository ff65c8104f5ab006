// Ranges before saturating functions: what is cut off does not change what is stored after them.
#include "quant/clip_to_readers.hpp"

#include "ir/builder.hpp"
#include "op/list.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace tinsmith {
namespace {

struct Chain {
    Graph graph;
    Builder b{graph};
    ValueId x = graph.add_value("x", {DType::f32, {4}, {}});
    Ranges ranges;

    Chain() { graph.inputs.push_back({"x", x, ""}); }
    void output(ValueId id) { graph.outputs.push_back({"y", id, ""}); }
    // The range of x after all tensors were seen to go from -20 to 20, or from the given minimum.
    Range clipped(float result_min = -20, DType results = DType::i8) {
        ranges.tensors.assign(graph.values.size(), std::nullopt);
        for (ValueId id = 0; id < graph.values.size(); ++id) {
            const Range seen{id == x ? -20 : result_min, 20};
            if (!graph.is_constant(id)) ranges.tensors[id] = Observation{seen, seen, 0, 100, {}};
        }
        clip_to_readers(graph, ranges, results);
        EXPECT_EQ(ranges.of(x)->seen, (Range{-20, 20}));
        return ranges.of(x)->range;
    }
};

TEST(ClipToReaders, sigmoid_and_tanh_to_their_first_and_last_step) {
    Chain s, t;
    s.output(s.b.add(op::Sigmoid, {s.x}));
    t.output(t.b.add(op::Tanh, {t.x}));
    const Range sigmoid = s.clipped(), tanh = t.clipped();
    EXPECT_EQ(std::round(256 / (1 + std::exp(-sigmoid.min * 1.001))), 0);
    EXPECT_EQ(std::round(256 / (1 + std::exp(-sigmoid.min * 0.999))), 1);
    EXPECT_FLOAT_EQ(sigmoid.max, -sigmoid.min);
    EXPECT_EQ(std::round(128 * std::tanh(tanh.max * 1.001)), 128);
    EXPECT_EQ(std::round(128 * std::tanh(tanh.max * 0.999)), 127);
    EXPECT_FLOAT_EQ(tanh.min, -tanh.max);
}

TEST(ClipToReaders, functions_that_vanish_keep_the_right_side) {
    Chain h, g, s;
    h.output(h.b.add(op::HardSwish, {h.x}));
    g.output(g.b.add(op::Gelu, {g.x}));
    s.output(s.b.add(op::Mul, {s.x, s.b.add(op::Sigmoid, {s.x})}));
    EXPECT_EQ(h.clipped(), (Range{-3, 20}));
    const double step = 20.28 / 255;
    const Range gelu = g.clipped(-0.28f), silu = s.clipped(-0.28f);
    EXPECT_EQ(gelu.max, 20);
    EXPECT_EQ(silu.max, 20);
    EXPECT_LE(std::abs(gelu.min / 2 * std::erfc(-gelu.min / std::sqrt(2.0))), step / 16);
    EXPECT_LE(std::abs(silu.min / (1 + std::exp(-silu.min))), step / 16);
    EXPECT_GT(gelu.min, -4);
    EXPECT_GT(silu.min, -8);
}

TEST(ClipToReaders, sixteen_bits_tell_more_apart) {
    Chain s, t, g;
    s.output(s.b.add(op::Sigmoid, {s.x}));
    t.output(t.b.add(op::Tanh, {t.x}));
    g.output(g.b.add(op::Gelu, {g.x}));
    const Range sigmoid = s.clipped(-20, DType::i16), tanh = t.clipped(-20, DType::i16);
    EXPECT_EQ(std::round(32768 / (1 + std::exp(-sigmoid.min * 1.001))), 0);
    EXPECT_EQ(std::round(32768 / (1 + std::exp(-sigmoid.min * 0.999))), 1);
    EXPECT_EQ(std::round(32768 * std::tanh(tanh.max * 1.001)), 32768);
    EXPECT_EQ(std::round(32768 * std::tanh(tanh.max * 0.999)), 32767);
    EXPECT_LT(g.clipped(-0.28f, DType::i16).min, g.clipped(-0.28f).min - 1);
}

TEST(ClipToReaders, every_reader_counts) {
    Chain also, shown, product;
    also.output(also.b.add(op::Sigmoid, {also.x}));
    also.output(also.b.add(op::Neg, {also.x}));
    EXPECT_EQ(also.clipped(), (Range{-20, 20}));
    shown.output(shown.b.add(op::Sigmoid, {shown.x}));
    shown.output(shown.x);
    EXPECT_EQ(shown.clipped(), (Range{-20, 20}));
    const ValueId gate = product.b.add(op::Sigmoid, {product.x});
    product.output(product.b.add(op::Mul, {product.x, gate}));
    product.output(gate);  // the sigmoid itself is wanted: both of its ends matter, and x on the right
    EXPECT_EQ(product.clipped(), (Range{-20, 20}));
}

}  // namespace
}  // namespace tinsmith
