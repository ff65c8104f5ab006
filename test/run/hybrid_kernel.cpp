// Layers of floats and stored weights on every instruction set of this processor against the operators' own kernels: the same bits.
#include "run/hybrid_kernel.hpp"

#include "ir/builder.hpp"
#include "op/list.hpp"
#include "run/quantise_rows.hpp"

#include "kernel/hybrid.h"

#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <random>

namespace tinsmith {
namespace {

class HybridKernels : public testing::Test {
protected:
    void SetUp() override {
        if (integer_isas().empty()) GTEST_SKIP() << "this processor has none of the instruction sets";
    }

    int64_t pick(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random_); }
    float real(double low, double high) {
        return static_cast<float>(std::uniform_real_distribution<double>(low, high)(random_));
    }

    // Some are zero everywhere, some of one sign.
    std::vector<float> reals(int64_t count) {
        const int64_t form = pick(0, 9);
        std::vector<float> values(static_cast<size_t>(count));
        for (float& value : values) value = form == 0 ? 0.0f : form == 1 ? real(0, 6) : real(-3, 4);
        return values;
    }

    void agrees(const OpDef& op, const Shape& x, const Shape& weights, size_t channel_axis, const Attrs& attrs) {
        Graph g;
        const int64_t outs = weights[channel_axis];
        const bool per_channel = pick(0, 2) > 0;
        Quant scales{{}, {}, per_channel ? static_cast<int>(channel_axis) : -1};
        for (int64_t c = 0; c < (per_channel ? outs : 1); ++c) scales.scale.push_back(std::exp2(real(-12, 2)));
        scales.zero_point.assign(scales.scale.size(), 0);
        std::vector<int8_t> stored(static_cast<size_t>(element_count(weights)));
        for (int8_t& w : stored) w = static_cast<int8_t>(pick(-128, 127));
        std::vector<ValueId> inputs{g.add_value("x", {DType::f32, x, {}})};
        inputs.push_back(g.add_constant("", {DType::i8, weights, scales}, Buffer::of(std::move(stored))));
        if (pick(0, 3) > 0) inputs.push_back(g.add_constant("", {DType::f32, {outs}, {}}, Buffer::of(reals(outs))));
        Node node{&op, inputs, {}, attrs, "n"};
        const Type y_type = infer_types(g, node)[0];
        node.outputs.push_back(g.add_value("y", y_type));
        const ConstantBytes bytes = [&](ValueId id) -> const std::byte* {
            return id != no_value && g.is_constant(id) ? g.value(id).data->bytes().data() : nullptr;
        };

        const Buffer sample = Buffer::of(reals(element_count(x)));
        std::vector<TensorView> views{{&g.type(inputs[0]), sample.bytes().data()}};
        for (size_t i = 1; i < inputs.size(); ++i) views.push_back({&g.type(inputs[i]), bytes(inputs[i])});
        std::vector<float> plain(static_cast<size_t>(y_type.elements()));
        TensorSlot slot{&y_type, reinterpret_cast<std::byte*>(plain.data())};
        compute({node, views, std::span(&slot, 1)});

        for (const IntegerIsa* isa : integer_isas()) {
            auto kernel = make_hybrid_product(*isa, g, node, bytes);
            if (!kernel) kernel = make_hybrid_depthwise(*isa, g, node, bytes);
            ASSERT_TRUE(kernel) << op.name << " " << to_string(x) << " with " << to_string(weights);
            std::vector<std::byte*> scratch(kernel->scratch_bytes() / sizeof(std::byte*) + 1);
            std::vector<float> fast(plain.size());
            slot.data = reinterpret_cast<std::byte*>(fast.data());
            kernel->run({node, views, std::span(&slot, 1)}, reinterpret_cast<std::byte*>(scratch.data()));
            for (size_t i = 0; i < fast.size(); ++i)
                ASSERT_EQ(std::bit_cast<uint32_t>(fast[i]), std::bit_cast<uint32_t>(plain[i]))
                    << isa->name << " " << op.name << " " << to_string(x) << " with " << to_string(weights) << ", element "
                    << i;
        }
    }

    std::mt19937 random_{23};
};

TEST_F(HybridKernels, convolutions) {
    for (int round = 0; round < 150; ++round) {
        const int64_t kernel = pick(1, 3), in = pick(1, 40), out = pick(1, 80);
        const Attrs attrs{{"strides", Ints{pick(1, 2), pick(1, 2)}},
                          {"dilations", Ints{1, pick(1, 2)}},
                          {"pads", Ints{pick(0, 1), pick(0, 1), pick(0, 1), pick(0, 1)}},
                          {"activation", std::string(pick(0, 1) ? "relu6" : "none")}};
        agrees(op::Conv, {pick(1, 2), pick(5, 12), pick(5, 12), in}, {out, kernel, kernel, in}, 0, attrs);
    }
}

TEST_F(HybridKernels, depthwise_convolutions) {
    for (int round = 0; round < 150; ++round) {
        const int64_t kernel = pick(1, 3), channels = pick(1, 80);
        const Attrs attrs{{"strides", Ints{pick(1, 2), pick(1, 2)}},
                          {"dilations", Ints{1, pick(1, 2)}},
                          {"pads", Ints{pick(0, 1), pick(0, 1), pick(0, 1), pick(0, 1)}},
                          {"activation", std::string(pick(0, 1) ? "relu" : "none")}};
        agrees(op::DepthwiseConv, {pick(1, 2), pick(5, 12), pick(5, 12), channels}, {1, kernel, kernel, channels}, 3, attrs);
    }
}

TEST_F(HybridKernels, dense_layers) {
    for (int round = 0; round < 150; ++round) {
        const int64_t in = pick(1, 200), out = pick(1, 80);
        const Attrs attrs{{"activation", std::string(pick(0, 1) ? "relu" : "none")}, {"asymmetric_inputs", pick(0, 1) == 1}};
        agrees(op::FullyConnected, {pick(1, 20), in}, {out, in}, 0, attrs);
    }
}

TEST(QuantiseRow, stores_what_the_plain_kernel_stores) {
    constexpr float infinity = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
    std::mt19937 random(29);
    for (int round = 0; round < 2000; ++round) {
        std::vector<float> x(static_cast<size_t>(std::uniform_int_distribution<>(1, 70)(random)));
        const float size = std::exp2(std::uniform_real_distribution<float>(-20, 20)(random));
        for (float& v : x) v = std::uniform_real_distribution<float>(-size, round % 3 ? size : 0)(random);
        if (round % 5 == 0) x[x.size() / 2] = round % 2 ? nan : infinity;
        if (round % 7 == 0) std::fill(x.begin(), x.end(), 0.0f);
        for (bool asymmetric : {false, true}) {
            std::vector<int8_t> plain(x.size()), fast(x.size());
            int32_t zero = 0;
            const auto count = static_cast<int64_t>(x.size());
            const float scale = asymmetric ? tin_quantise_asymmetric(x.data(), count, plain.data(), &zero)
                                           : tin_quantise_symmetric(x.data(), count, plain.data());
            const RowScale row = quantise_row(x.data(), count, asymmetric, fast.data());
            EXPECT_EQ(std::bit_cast<uint32_t>(row.scale), std::bit_cast<uint32_t>(scale));
            EXPECT_EQ(row.zero, zero);
            EXPECT_EQ(fast, plain) << "round " << round;
        }
    }
}

}  // namespace
}  // namespace tinsmith
