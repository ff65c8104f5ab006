// Attention's products and softmax are found, whatever scales, masks or reshapes between them, and no other product is.
#include "quant/attention.hpp"

#include "ir/builder.hpp"
#include "op/list.hpp"
#include "random_values.hpp"

#include <gtest/gtest.h>

namespace tinsmith {
namespace {

struct Heads {
    Graph g;
    Builder b{g};
    ValueId q = input("q"), k = input("k"), v = input("v");

    ValueId input(const std::string& name) {
        const ValueId id = g.add_value(name, {DType::f32, {2, 5, 4}, {}});
        g.inputs.push_back({name, id, ""});
        return id;
    }
    std::vector<std::string> found() {
        std::vector<std::string> names;
        const std::vector<bool> attends = attention_nodes(g);
        for (size_t n = 0; n < g.nodes.size(); ++n)
            if (attends[n]) names.emplace_back(g.nodes[n].op->name);
        return names;
    }
};

TEST(Attention, is_found_with_what_stands_between_its_products) {
    Heads h;
    ValueId scores = h.b.add(op::MatMul, {h.q, h.k}, {{"adj_y", true}});
    scores =
        h.b.add(op::Add, {h.b.add(op::Mul, {scores, h.b.scalar(0.5, DType::f32)}), h.b.splat(0, {DType::f32, {1, 5, 5}, {}})});
    const ValueId shares = h.b.add(op::Softmax, {scores});
    const ValueId y = h.b.add(op::MatMul, {shares, h.v});
    h.g.outputs.push_back({"y", h.b.add(op::Relu, {y}), ""});
    EXPECT_EQ(h.found(), (std::vector<std::string>{"MatMul", "Mul", "Add", "Softmax", "MatMul"}));
}

TEST(Attention, other_products_and_softmaxes_are_left_alone) {
    Heads h;
    const ValueId product = h.b.add(op::MatMul, {h.q, h.k}, {{"adj_y", true}});
    h.g.outputs.push_back({"y", h.b.add(op::Softmax, {product}), ""});  // the result itself
    const ValueId shares = h.b.add(op::Softmax, {h.q});
    h.g.outputs.push_back({"z", h.b.add(op::MatMul, {shares, h.b.floats(Numbers(1).normal(16), {4, 4})}), ""});
    EXPECT_TRUE(h.found().empty());
}

TEST(Attention, sums_that_double_are_walked_once) {
    Heads h;
    ValueId x = h.q;
    for (int i = 0; i < 100; ++i) x = h.b.add(op::Add, {x, x});
    h.g.outputs.push_back(
        {"y", h.b.add(op::MatMul, {h.b.add(op::Softmax, {x}), h.b.add(op::MatMul, {h.k, h.v}, {{"adj_x", true}})}), ""});
    EXPECT_TRUE(h.found().empty());
}

}  // namespace
}  // namespace tinsmith
