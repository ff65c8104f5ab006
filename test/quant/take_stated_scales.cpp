// Models that state scales of their own: pairs of Quantize and Dequantize, also where stored integers go in and are moved.
#include "quant/take_stated_scales.hpp"

#include "ir/text.hpp"
#include "ir/verify.hpp"
#include "op/computes_on_integers.hpp"
#include "op/list.hpp"

#include <gtest/gtest.h>

namespace tinsmith {
namespace {

// A layer cut out of a quantised program: its integers are moved to another layout and back.
constexpr std::string_view cut = R"(graph "cut" {
  input "x" = %0 "x": i8[1,2,4,4] quant(scale=[0.5], zero=[3], axis=-1)
  %1: i8[1,4,4,2] quant(scale=[0.5], zero=[3], axis=-1) = Transpose(%0) {perm=[0, 2, 3, 1]}
  %2: f32[1,4,4,2] = Dequantize(%1)
  const %3: f32[1,1,1,2] = {1.0, -1.0}
  %4: f32[1,4,4,1] = Conv(%2, %3) {pads=[0, 0, 0, 0], strides=[1, 1]}
  %5: i8[1,4,4,1] quant(scale=[0.25], zero=[-7], axis=-1) = Quantize(%4) {axis=-1, dtype="i8", scale=f[0.25], zero_point=[-7]}
  output "y" = %5
}
)";

TEST(TakeStatedScales, integers_that_go_in_keep_their_scale) {
    Graph graph = parse_graph(cut, find_op);
    const StatedScales stated = take_stated_scales(graph);
    verify(graph);
    const ValueId x = graph.inputs[0].value, y = graph.outputs[0].value;
    EXPECT_EQ(graph.type(x).dtype, DType::f32);
    EXPECT_EQ(graph.type(y).dtype, DType::f32);
    ASSERT_TRUE(stated[x] && stated[y] && stated[graph.nodes[0].outputs[0]]);
    EXPECT_EQ(stated[x]->quant.scale[0], 0.5f);
    EXPECT_EQ(stated[x]->quant.zero_point[0], 3);
    EXPECT_EQ(stated[graph.nodes[0].outputs[0]]->quant.scale[0], 0.5f);
    EXPECT_EQ(stated[y]->quant.zero_point[0], -7);
    for (const Node& node : graph.nodes) EXPECT_FALSE(node.is(op::Quantize) || node.is(op::Dequantize));
}

TEST(ComputesOnIntegers, what_only_moves_them_does_not_where_floats_are_computed) {
    const Graph graph = parse_graph(cut, find_op);
    EXPECT_FALSE(computes_on_integers(graph));
    Graph moved = parse_graph(R"(graph "moved" {
  input "x" = %0 "x": i8[1,2,4,4] quant(scale=[0.5], zero=[3], axis=-1)
  %1: i8[1,4,4,2] quant(scale=[0.5], zero=[3], axis=-1) = Transpose(%0) {perm=[0, 2, 3, 1]}
  output "y" = %1
}
)",
                              find_op);
    EXPECT_TRUE(computes_on_integers(moved));
}

}  // namespace
}  // namespace tinsmith
