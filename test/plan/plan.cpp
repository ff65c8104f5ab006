// Plans of small graphs: what shares memory with what, and that the figures are those of the definition.
#include "plan/plan.hpp"

#include "ir/builder.hpp"
#include "op/list.hpp"
#include "plan/fold_pads.hpp"

#include <gtest/gtest.h>

namespace tinsmith {
namespace {

struct Small {
    Graph graph;
    Builder b{graph};
    ValueId input(Shape shape) {
        const ValueId x = graph.add_value("x", {DType::f32, std::move(shape), {}});
        graph.inputs.push_back({"x", x, ""});
        return x;
    }
    void output(ValueId y) { graph.outputs.push_back({"y", y, ""}); }
};

TEST(Plan, elementwise_results_are_written_over_what_they_read) {
    Small g;
    const ValueId x = g.input({1, 100}), y = g.b.add(op::Sigmoid, {x}), z = g.b.add(op::Tanh, {y});
    g.output(z);
    const MemoryPlan plan = plan_memory(g.graph);
    EXPECT_EQ(plan.arena_bytes(), 400u);
    EXPECT_EQ(plan.lower_bound, 400u);
    EXPECT_EQ(plan.separate_bound, 800u);
    EXPECT_EQ(plan.values[y].over, x);
    PlanOptions apart;
    apart.in_place = false;
    EXPECT_EQ(plan_memory(g.graph, apart).arena_bytes(), 800u);
}

TEST(Plan, what_is_read_again_is_not_written_over) {
    Small g;
    const ValueId x = g.input({1, 100}), y = g.b.add(op::Sigmoid, {x}), z = g.b.add(op::Add, {x, y});
    g.output(z);
    const MemoryPlan plan = plan_memory(g.graph);
    EXPECT_EQ(plan.values[y].over, no_value);
    EXPECT_EQ(plan.arena_bytes(), 800u);
}

TEST(Plan, a_reshape_is_no_copy) {
    Small g;
    const ValueId x = g.input({1, 10, 10}), y = g.b.add(op::Reshape, {x}, {{"shape", Shape{1, 100}}});
    g.output(g.b.add(op::Softmax, {y}));
    const MemoryPlan plan = plan_memory(g.graph);
    EXPECT_EQ(plan.values[y].alias_of, x);
    EXPECT_EQ(plan.values[y].offset, plan.values[x].offset);
    EXPECT_EQ(plan.arena_bytes(), 800u);
}

TEST(Plan, scratch_lies_beside_what_is_alive) {
    Small g;
    const ValueId x = g.input({1, 100});
    g.output(g.b.add(op::Sigmoid, {x}));
    PlanOptions options;
    options.scratch = {100};
    const MemoryPlan plan = plan_memory(g.graph, options);
    EXPECT_EQ(plan.arena_bytes(), 400u + 112);
    EXPECT_EQ(plan.scratch[0].bytes, 100u);
}

TEST(Plan, a_depthwise_convolution_by_rows_needs_two_rows_more) {
    Small g;
    const ValueId x = g.input({1, 16, 16, 4}), w = g.b.floats(std::vector<float>(36), {1, 3, 3, 4});
    g.output(g.b.add(op::DepthwiseConv, {x, w}, {{"pads", Ints{1, 1, 1, 1}}}));
    PlanOptions options;
    EXPECT_EQ(plan_memory(g.graph, options).arena_bytes(), 2u * 4096);
    options.depthwise = Traversal::rows;
    EXPECT_EQ(plan_memory(g.graph, options).arena_bytes(), 4096u + 2 * 256);
    options.depthwise = Traversal::pixels;
    EXPECT_EQ(plan_memory(g.graph, options).arena_bytes(), 4096u + 256 + 2 * 16);
}

TEST(Plan, pads_of_integers_go_into_the_convolution_that_reads_them) {
    Small g;
    const Type stored{DType::i8, {1, 4, 4, 1}, Quant{{0.5f}, {3}, -1}};
    const ValueId x = g.graph.add_value("x", stored);
    g.graph.inputs.push_back({"x", x, ""});
    const ValueId padded = g.b.add(op::Pad, {x}, {{"before", Ints{0, 0, 0, 0}}, {"after", Ints{0, 1, 1, 0}}});
    const ValueId w = g.b.constant({DType::i8, {1, 2, 2, 1}, Quant{{0.1f}, {0}, -1}}, Buffer::of(std::vector<int8_t>(4)));
    const ValueId y = g.b.add(op::Conv, {padded, w});
    g.graph.values[y].type.quant = Quant{{1}, {0}, -1};
    g.output(y);
    fold_pads(g.graph, quantised_types);
    ASSERT_EQ(g.graph.nodes.size(), 1u);
    EXPECT_EQ(g.graph.nodes[0].inputs[0], x);
    EXPECT_EQ(g.graph.nodes[0].ints("pads"), (Ints{0, 0, 1, 1}));
}

}  // namespace
}  // namespace tinsmith
