// Integer layers on every instruction set of this processor against the operators' own kernels: the same bits.
#include "run/integer_kernel.hpp"

#include "ir/builder.hpp"
#include "op/list.hpp"

#include <gtest/gtest.h>

#include <random>

namespace tinsmith {
namespace {

class IntegerKernels : public testing::Test {
protected:
    void SetUp() override {
        if (integer_isas().empty()) GTEST_SKIP() << "this processor has none of the instruction sets";
    }

    int64_t pick(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random_); }
    float real(double low, double high) {
        return static_cast<float>(std::uniform_real_distribution<double>(low, high)(random_));
    }
    std::string activation() {
        return std::vector<std::string>{"none", "relu", "relu6", "relu_n1_to_1"}[static_cast<size_t>(pick(0, 3))];
    }

    // One in four tensors has only the extremes of its type.
    template <class T>
    Buffer noise(int64_t count, int64_t low, int64_t high) {
        std::vector<T> values(static_cast<size_t>(count));
        const bool extreme = pick(0, 3) == 0;
        for (T& value : values) value = static_cast<T>(extreme ? (pick(0, 1) ? low : high) : pick(low, high));
        return Buffer::of(std::move(values));
    }

    void agrees(const OpDef& op, const Shape& x, const Shape& weights, size_t channel_axis, const Attrs& attrs) {
        Graph g;
        const int64_t outs = weights[channel_axis];
        const bool per_channel = pick(0, 2) > 0;
        Quant scales{{}, {}, per_channel ? static_cast<int>(channel_axis) : -1};
        for (int64_t c = 0; c < (per_channel ? outs : 1); ++c) scales.scale.push_back(std::exp2(real(-12, 2)));
        scales.zero_point.assign(scales.scale.size(), 0);
        const Type x_type{DType::i8, x, Quant{{real(0.001, 0.5)}, {pick(-128, 127)}, -1}};
        std::vector<ValueId> inputs{g.add_value("x", x_type)};
        inputs.push_back(g.add_constant("", {DType::i8, weights, scales}, noise<int8_t>(element_count(weights), -128, 127)));
        if (pick(0, 3) > 0)
            inputs.push_back(g.add_constant("", {DType::i32, {outs}, std::nullopt}, noise<int32_t>(outs, -200000, 200000)));
        Node node{&op, inputs, {}, attrs, "n"};
        Type y_type = infer_types(g, node)[0];
        y_type.quant = Quant{{real(0.01, 4)}, {pick(-128, 127)}, -1};
        node.outputs.push_back(g.add_value("y", y_type));
        const ConstantBytes bytes = [&](ValueId id) -> const std::byte* {
            return id != no_value && g.is_constant(id) ? g.value(id).data->bytes().data() : nullptr;
        };

        const Buffer sample = noise<int8_t>(element_count(x), -128, 127);
        std::vector<TensorView> views{{&g.type(inputs[0]), sample.bytes().data()}};
        for (size_t i = 1; i < inputs.size(); ++i) views.push_back({&g.type(inputs[i]), bytes(inputs[i])});
        std::vector<int8_t> plain(static_cast<size_t>(y_type.elements()));
        TensorSlot slot{&y_type, reinterpret_cast<std::byte*>(plain.data())};
        compute({node, views, std::span(&slot, 1)});

        for (const IntegerIsa* isa : integer_isas()) {
            auto kernel = make_integer_product(*isa, g, node, bytes);
            if (!kernel) kernel = make_integer_depthwise(*isa, g, node, bytes);
            ASSERT_TRUE(kernel) << op.name << " " << to_string(x) << " with " << to_string(weights);
            std::vector<std::byte*> scratch(kernel->scratch_bytes() / sizeof(std::byte*) + 1);
            std::vector<int8_t> fast(plain.size());
            slot.data = reinterpret_cast<std::byte*>(fast.data());
            kernel->run({node, views, std::span(&slot, 1)}, reinterpret_cast<std::byte*>(scratch.data()));
            EXPECT_EQ(fast, plain) << isa->name << " " << op.name << " " << to_string(x) << " with " << to_string(weights);
        }
    }

    std::mt19937 random_{17};
};

TEST_F(IntegerKernels, convolutions) {
    for (int round = 0; round < 200; ++round) {
        const int64_t in = pick(1, 40), out = pick(1, 150), k = pick(1, 4), d = pick(1, 2), size = pick(9, 14);
        agrees(op::Conv, {pick(1, 2), size, pick(9, 14), in}, {out, k, pick(1, 4), in}, 0,
               {{"strides", Ints{pick(1, 3), pick(1, 3)}},
                {"dilations", Ints{d, d}},
                {"pads", Ints{pick(0, 2), pick(0, 2), pick(0, 2), pick(0, 2)}},
                {"activation", activation()}});
    }
}

TEST_F(IntegerKernels, depthwise_convolutions) {
    for (int round = 0; round < 200; ++round) {
        const int64_t channels = pick(1, 70), d = pick(1, 2);
        agrees(op::DepthwiseConv, {pick(1, 2), pick(9, 14), pick(9, 14), channels}, {1, pick(1, 4), pick(1, 4), channels}, 3,
               {{"strides", Ints{pick(1, 3), pick(1, 3)}},
                {"dilations", Ints{d, d}},
                {"pads", Ints{pick(0, 2), pick(0, 2), pick(0, 2), pick(0, 2)}},
                {"activation", activation()}});
    }
}

TEST_F(IntegerKernels, dense_layers) {
    for (int round = 0; round < 200; ++round) {
        const int64_t in = pick(1, 300), out = pick(1, 150);
        agrees(op::FullyConnected, {pick(1, 30), in}, {out, in}, 0, {{"activation", activation()}});
    }
}

// The vectorised requantisation has no room for sums of 2^30 and more: such layers stay with the plain kernels.
TEST_F(IntegerKernels, layers_with_huge_sums_are_refused) {
    for (const int32_t bias : {(1 << 30) - 50000, 1 << 30, INT32_MIN}) {
        Graph g;
        const Quant unit{{1.0f}, {0}, -1};
        Node node{&op::FullyConnected, {g.add_value("x", {DType::i8, {1, 3}, unit})}, {}, {}, "n"};
        node.inputs.push_back(g.add_constant("", {DType::i8, {2, 3}, unit}, Buffer::of(std::vector<int8_t>(6, 127))));
        node.inputs.push_back(g.add_constant("", {DType::i32, {2}, std::nullopt}, Buffer::of(std::vector<int32_t>{0, bias})));
        Type y_type = infer_types(g, node)[0];
        y_type.quant = unit;
        node.outputs.push_back(g.add_value("y", y_type));
        const auto bytes = [&](ValueId id) { return g.is_constant(id) ? g.value(id).data->bytes().data() : nullptr; };
        for (const IntegerIsa* isa : integer_isas())
            EXPECT_EQ(make_integer_product(*isa, g, node, bytes) != nullptr, bias == (1 << 30) - 50000) << bias;
    }
}

TEST_F(IntegerKernels, sums) {
    for (int round = 0; round < 200; ++round) {
        Graph g;
        const auto any = [&] {
            return Type{DType::i8, {pick(1, 3), pick(1, 70)}, Quant{{std::exp2(real(-8, 2))}, {pick(-128, 127)}, -1}};
        };
        Type a = any(), b = any(), y = any();
        b.shape = y.shape = a.shape;
        Node node{
            &op::Add, {g.add_value("a", a), g.add_value("b", b)}, {g.add_value("y", y)}, {{"activation", activation()}}, "n"};
        const Buffer as = noise<int8_t>(a.elements(), -128, 127), bs = noise<int8_t>(a.elements(), -128, 127);
        const std::vector<TensorView> views{{&a, as.bytes().data()}, {&b, bs.bytes().data()}};
        std::vector<int8_t> plain(static_cast<size_t>(a.elements())), fast(plain.size());
        TensorSlot slot{&y, reinterpret_cast<std::byte*>(plain.data())};
        compute({node, views, std::span(&slot, 1)});
        for (const IntegerIsa* isa : integer_isas()) {
            const auto kernel = make_integer_add(*isa, g, node, {});
            ASSERT_TRUE(kernel);
            slot.data = reinterpret_cast<std::byte*>(fast.data());
            kernel->run({node, views, std::span(&slot, 1)}, nullptr);
            EXPECT_EQ(fast, plain) << isa->name << " round " << round;
        }
    }
}

}  // namespace
}  // namespace tinsmith
