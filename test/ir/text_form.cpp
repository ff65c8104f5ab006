// The text form: what is printed parses back to the same text, and mistakes name their line.
#include "ir/builder.hpp"
#include "ir/text.hpp"
#include "ir/verify.hpp"
#include "op/list.hpp"

#include <gtest/gtest.h>

namespace tinsmith {
namespace {

Graph small_graph() {
    Graph g;
    g.name = "small \"quoted\"";
    Builder b(g);
    ValueId x = g.add_value("x", {DType::f32, {1, 4}, {}});
    g.inputs.push_back({"x", x, "a note"});
    b.origin = "/head/HardSwish";
    ValueId y = b.add(op::HardSwish, {x}, {}, "y");
    b.origin.clear();
    ValueId z = b.add(op::HardSwish, {y});
    g.outputs.push_back({"z", z, ""});
    g.outputs.push_back({"c", b.floats({1.5f, -0.0f, 1e-20f}, {3}), ""});
    return g;
}

TEST(TextForm, printed_graph_parses_back_to_the_same_text) {
    Graph g = small_graph();
    verify(g);
    std::string text = print(g);
    Graph again = parse_graph(text, find_op);
    verify(again);
    EXPECT_EQ(print(again), text);
}

TEST(TextForm, states_say_what_they_start_with_and_become) {
    const std::string text =
        "graph \"g\" {\n"
        "  input \"x\" = %0: i8[2] quant(scale=[0.5], zero=[-1], axis=-1)\n"
        "  state \"s\" = %1: i8[2] quant(scale=[0.5], zero=[-1], axis=-1) = {-1, 7}\n"
        "  next \"s\" = %0\n"
        "  output \"y\" = %1\n"
        "}\n";
    Graph g = parse_graph(text, find_op);
    verify(g);
    EXPECT_EQ(print(g), text);
    g.states[0].next = 1;
    g.states[0].initial = Buffer();
    EXPECT_THROW(verify(g), Error);
}

TEST(TextForm, unknown_operator_names_its_line) {
    try {
        parse_graph("graph \"g\" {\n  input \"x\" = %0: f32[1]\n  %1: f32[1] = Nonsense(%0)\n}\n", find_op);
        FAIL() << "parsed";
    } catch (const Error& e) {
        EXPECT_EQ(e.fault, Fault::input);
        EXPECT_STREQ(e.what(), "graph text, line 3: there is no operator 'Nonsense'");
    }
}

TEST(TextForm, constants_fold_when_they_are_built) {
    Graph g;
    Builder b(g);
    ValueId y = b.add(op::HardSwish, {b.floats({-4, 0, 3, 6}, {4})});
    ASSERT_TRUE(g.is_constant(y));
    EXPECT_EQ(g.constant_floats(y), (std::vector<float>{0, 0, 3, 6}));
}

TEST(Verify, names_the_node_that_disagrees_with_inference) {
    Graph g = small_graph();
    g.values[g.nodes[0].outputs[0]].type.shape = {2, 4};
    try {
        verify(g);
        FAIL() << "verified";
    } catch (const Error& e) {
        EXPECT_EQ(e.fault, Fault::internal);
        EXPECT_NE(std::string(e.what()).find("/head/HardSwish"), std::string::npos) << e.what();
    }
}

}  // namespace
}  // namespace tinsmith
