// Minus infinity in front of a softmax becomes a number that integers can hold beside the scores; other constants stay.
#include "quant/bound_masks.hpp"

#include "ir/builder.hpp"
#include "op/list.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace tinsmith {
namespace {

TEST(BoundMasks, are_bounded_on_the_way_to_a_softmax_alone) {
    Graph g;
    Builder b{g};
    const ValueId x = g.add_value("x", {DType::f32, {2, 2}, {}});
    g.inputs.push_back({"x", x, ""});
    const ValueId mask = b.floats({0, -INFINITY, 3, -9e15f}, {2, 2});
    const ValueId scores = b.add(op::Transpose, {b.add(op::Add, {x, mask})}, {{"perm", Ints{1, 0}}});
    const ValueId kept = b.add(op::Where, {b.add(op::Greater, {x, b.scalar(0, DType::f32)}), x, b.scalar(-1e9, DType::f32)});
    g.outputs.push_back({"y", b.add(op::Softmax, {scores}), ""});
    g.outputs.push_back({"z", b.add(op::Relu, {kept}), ""});

    EXPECT_EQ(bound_masks(g), 1);
    EXPECT_EQ(g.constant_floats(g.nodes[0].inputs[1]), (std::vector<float>{0, -40, 3, -40}));
    EXPECT_EQ(g.constant_floats(g.nodes[3].inputs[2])[0], -1e9f);
    EXPECT_EQ(g.constant_floats(mask)[3], -9e15f);  // whoever else reads it
}

}  // namespace
}  // namespace tinsmith
