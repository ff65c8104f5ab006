// oneDNN against the C99 kernels that define what is right, on random convolutions and products.
#include "run/fast_kernel.hpp"

#include "ir/builder.hpp"
#include "op/list.hpp"

#include <gtest/gtest.h>

#include <dlfcn.h>
#include <cmath>
#include <random>

namespace tinsmith {
namespace {

class FastKernels : public testing::Test {
protected:
    void SetUp() override {
        if (!dlopen("libdnnl.so.2", RTLD_LAZY)) GTEST_SKIP() << "libdnnl.so.2 is not installed";
    }

    int64_t pick(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random_); }
    std::string activation() { return std::vector<std::string>{"none", "relu", "relu6", "relu_n1_to_1"}[pick(0, 3)]; }

    Buffer noise(const Shape& shape) {
        std::vector<float> values(static_cast<size_t>(element_count(shape)));
        for (float& value : values) value = std::uniform_real_distribution<float>(-1, 1)(random_);
        return Buffer::of(std::move(values));
    }

    // Whether there is a fast kernel; where there is, it must agree with the operator's own.
    bool agrees(const OpDef& op, const Shape& x, const Shape& weights, int64_t bias, const Attrs& attrs, bool constant = true) {
        Graph g;
        const ValueId in = g.add_value("x", {DType::f32, x, {}});
        std::vector<ValueId> inputs{in};
        const auto operand = [&](const Shape& shape) {
            inputs.push_back(g.add_constant("", {DType::f32, shape, {}}, noise(shape)));
        };
        operand(weights);
        if (bias > 0) operand({bias});
        Node node{&op, inputs, {}, attrs, "n"};
        const std::vector<Type> types = infer_types(g, node);
        node.outputs.push_back(g.add_value("y", types[0]));

        const ConstantBytes bytes = [&](ValueId id) -> const std::byte* {
            return constant && g.is_constant(id) ? g.value(id).data->bytes().data() : nullptr;
        };
        const auto kernel = make_fast_kernel(g, node, bytes);
        if (!kernel) return false;

        const Buffer sample = noise(x);
        std::vector<TensorView> views{{&g.type(in), sample.bytes().data()}};
        for (size_t i = 1; i < inputs.size(); ++i)
            views.push_back({&g.type(inputs[i]), kernel->holds(i) ? nullptr : g.value(inputs[i]).data->bytes().data()});
        std::vector<float> fast(static_cast<size_t>(types[0].elements())), plain(fast.size());
        std::unique_ptr<std::byte[]> scratch(new std::byte[kernel->scratch_bytes() + 64]);
        auto* aligned = reinterpret_cast<std::byte*>((reinterpret_cast<uintptr_t>(scratch.get()) + 63) / 64 * 64);
        TensorSlot slot{&types[0], reinterpret_cast<std::byte*>(fast.data())};
        kernel->run({node, views, std::span(&slot, 1)}, aligned);

        for (size_t i = 1; i < inputs.size(); ++i) views[i].data = g.value(inputs[i]).data->bytes().data();
        slot.data = reinterpret_cast<std::byte*>(plain.data());
        op.eval({node, views, std::span(&slot, 1)});
        float largest = 0, error = 0;
        for (size_t i = 0; i < fast.size(); ++i) {
            largest = std::max(largest, std::fabs(plain[i]));
            error = std::max(error, std::fabs(plain[i] - fast[i]));
        }
        EXPECT_LE(error, 1e-5f * std::max(largest, 1.0f)) << op.name << " " << to_string(x) << " with " << to_string(weights);
        return true;
    }

    std::mt19937 random_{11};
};

TEST_F(FastKernels, convolutions) {
    int made = 0;
    for (int round = 0; round < 60; ++round) {
        const int64_t group = pick(0, 2) == 0 ? pick(1, 4) : 1, in = pick(1, 20), out = pick(1, 20), k = pick(1, 4),
                      d = pick(1, 2);
        const Attrs attrs{{"strides", Ints{pick(1, 3), pick(1, 3)}},
                          {"dilations", Ints{d, d}},
                          {"pads", Ints{pick(0, k - 1), pick(0, k - 1), pick(0, k - 1), pick(0, k - 1)}},
                          {"group", group},
                          {"activation", activation()}};
        const int64_t bias = pick(0, 1) * out * group;
        made += agrees(op::Conv, {pick(1, 2), pick(8, 20), pick(8, 20), in * group}, {out * group, k, k, in}, bias, attrs);
    }
    EXPECT_EQ(made, 60);
}

TEST_F(FastKernels, depthwise_convolutions) {
    int made = 0;
    for (int round = 0; round < 40; ++round) {
        const int64_t in = pick(1, 40), multiplier = pick(0, 3) == 0 ? pick(2, 3) : 1, k = pick(1, 5);
        const Attrs attrs{{"strides", Ints{pick(1, 2), pick(1, 2)}},
                          {"pads", Ints{pick(0, k - 1), pick(0, k - 1), pick(0, k - 1), pick(0, k - 1)}},
                          {"activation", activation()}};
        const int64_t bias = pick(0, 1) * in * multiplier;
        made += agrees(op::DepthwiseConv, {1, pick(6, 20), pick(6, 20), in}, {1, k, k, in * multiplier}, bias, attrs);
    }
    EXPECT_EQ(made, 40);
}

TEST_F(FastKernels, transposed_convolutions) {
    int made = 0;
    for (int round = 0; round < 40; ++round) {
        const int64_t in = pick(1, 20), out = pick(1, 20), k = pick(1, 4), s = pick(1, 2);
        const Attrs attrs{{"strides", Ints{s, s}},
                          {"pads", Ints{pick(0, k - 1), pick(0, k - 1), pick(0, k - 1), pick(0, k - 1)}},
                          {"output_padding", Ints{pick(0, s - 1), pick(0, s - 1)}},
                          {"activation", activation()}};
        made += agrees(op::ConvTranspose, {1, pick(4, 9), pick(4, 9), in}, {out, k, k, in}, pick(0, 1) * out, attrs);
    }
    EXPECT_GT(made, 20);  // oneDNN takes no negative padding, which output padding may ask for
}

TEST_F(FastKernels, volumes) {
    int made = 0;
    for (int round = 0; round < 10; ++round) {
        const int64_t in = pick(1, 9), out = pick(1, 9), k = pick(1, 3);
        const Ints pads{pick(0, k - 1), 0, pick(0, k - 1), 0, pick(0, k - 1), 0};
        made += agrees(op::Conv3D, {1, 5, 6, 7, in}, {k, k, k, in, out}, pick(0, 1) * out,
                       {{"strides", Ints{1, 2, 1}}, {"pads", pads}, {"activation", activation()}});
        made += agrees(op::ConvTranspose3D, {1, 5, 6, 7, in}, {k, k, k, out, in}, pick(0, 1) * out,
                       {{"strides", Ints{1, 2, 1}}, {"pads", pads}, {"activation", activation()}});
    }
    EXPECT_EQ(made, 20);
}

TEST_F(FastKernels, products) {
    for (int round = 0; round < 20; ++round) {
        const int64_t m = pick(1, 20), k = pick(1, 40), n = pick(1, 40), b = pick(1, 3);
        EXPECT_EQ(agrees(op::FullyConnected, {b, m, k}, {n, k}, pick(0, 1) * n, {{"activation", activation()}}), b * m >= 8);
        const bool adj_x = pick(0, 1), adj_y = pick(0, 1), constant = pick(0, 1);
        const Shape matrix = adj_y ? Shape{n, k} : Shape{k, n};
        Shape batched = matrix;
        batched.insert(batched.begin(), pick(0, 1) ? b : 1);
        const Attrs attrs{{"adj_x", adj_x}, {"adj_y", adj_y}};
        for (const Shape& right : {matrix, batched})
            EXPECT_TRUE(agrees(op::MatMul, adj_x ? Shape{2, b, k, m} : Shape{2, b, m, k}, right, 0, attrs, constant));
    }
}

}  // namespace
}  // namespace tinsmith
