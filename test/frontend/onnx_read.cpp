// The reader: interface, order, functions, control flow, and the one list of what cannot be converted.
#include "onnx_model.hpp"

#include "ir/extract.hpp"
#include "ir/text.hpp"
#include "ir/verify.hpp"

namespace tinsmith {
namespace {

OnnxModel chain() {
    OnnxModel m;
    m.input("x", {"batch", 3}).output("y", {"batch", 3}).value("s", {"batch", 3}).floats("w", {1, 3}, {1, 2, 3});
    m.node("Add", {"x", "w"}, {"s"}, "/backbone/backbone.0/Add");
    m.node("Relu", {"s"}, {"r"}, "/backbone/backbone.1/Relu");
    m.node("Neg", {"r"}, {"y"}, "/head/Neg");
    return m;
}

std::vector<std::string> op_names(const Graph& graph) {
    std::vector<std::string> names;
    for (const Node& node : graph.nodes) names.emplace_back(node.op->name);
    return names;
}

TEST(OnnxRead, KeepsNamesAndOrigins) {
    ReadResult result = chain().read();
    verify(result.graph);
    EXPECT_EQ(result.format, "onnx opset 17");
    EXPECT_EQ(result.graph.inputs[0].name, "x");
    EXPECT_EQ(result.graph.outputs[0].name, "y");
    EXPECT_EQ(result.graph.nodes[1].origin, "/backbone/backbone.1/Relu");
    EXPECT_EQ(result.graph.value(result.graph.nodes[1].outputs[0]).name, "r");
    EXPECT_EQ(to_string(result.graph.type(result.graph.inputs[0].value)), "f32[1,3]");
    ASSERT_EQ(result.notes.size(), 1u);
    EXPECT_EQ(result.notes[0], "input 'x': 'batch' became 1");
}

TEST(OnnxRead, SortsNodes) {
    OnnxModel m;
    m.input("x", {2}).output("y", {2});
    m.node("Neg", {"b"}, {"y"});
    m.node("Abs", {"a"}, {"b"});
    m.node("Relu", {"x"}, {"a"});
    EXPECT_EQ(op_names(m.read().graph), (std::vector<std::string>{"Relu", "Abs", "Neg"}));
}

TEST(OnnxRead, NamesTheNodesOfACycle) {
    OnnxModel m;
    m.input("x", {2}).output("y", {2});
    m.node("Add", {"x", "b"}, {"a"}, "first");
    m.node("Abs", {"a"}, {"b"}, "second");
    m.node("Neg", {"b"}, {"y"}, "third");
    expect_error(Fault::input, {"cycle", "'first'", "'second'"}, [&] { m.read(); });
}

TEST(OnnxRead, RefusesMissingAndDoubleTensors) {
    OnnxModel m;
    m.input("x", {2}).output("y", {2});
    m.node("Add", {"x", "gone"}, {"y"}, "sum");
    expect_error(Fault::input, {"'sum' (Add)", "'gone'"}, [&] { m.read(); });
    OnnxModel twice;
    twice.input("x", {2}).output("y", {2});
    twice.node("Abs", {"x"}, {"y"}, "one");
    twice.node("Neg", {"x"}, {"y"}, "two");
    expect_error(Fault::input, {"'y'", "'one'", "'two'"}, [&] { twice.read(); });
    OnnxModel weights;
    weights.output("w", {1}).floats("w", {1}, {1}).floats("w", {1}, {2});
    expect_error(Fault::input, {"'w'"}, [&] { weights.read(); });
    OnnxModel output;
    output.input("x", {2}).output("y", {2});
    expect_error(Fault::input, {"'y'"}, [&] { output.read(); });
}

TEST(OnnxRead, ListsEverythingUnsupportedAtOnce) {
    OnnxModel m;
    m.input("x", {2}).output("y", {2}).value("b", {2});
    m.node("Foo", {"x"}, {"a"}, "one");
    m.node("StringSplit", {"a"}, {"b"}, "two");
    m.node("Abs", {"b"}, {"c"}, "three");
    m.node("Fused", {"c"}, {"d"}, "four").set_domain("com.microsoft");
    m.node("Foo", {"d"}, {"y"}, "five");
    expect_error(Fault::unsupported,
                 {"'one' (Foo) and 1 more", "'two' (StringSplit): strings", "'four' (Fused)", "ONNX Runtime's own"},
                 [&] { m.read(); });
}

TEST(OnnxRead, NamesEverySymbolicInput) {
    OnnxModel m;
    m.input("image", {"n", 3, "height", "width"}).input("ids", {1, "length"}).output("y", {2});
    m.node("Abs", {"image"}, {"y"});
    expect_error(Fault::input,
                 {"'image' is nx3xheightxwidth", "--shape image=1x3x224x224", "'ids' is 1xlength", "--shape ids="},
                 [&] { m.read(); });
    ReadOptions options;
    options.shapes = {{"image", {1, 3, 8, 8}}, {"ids", {1, 4}}};
    EXPECT_EQ(to_string(m.read(options).graph.type(1)), "f32[1,4]");
    options.shapes = {{"imago", {1}}};
    expect_error(Fault::input, {"'imago'", "'image'"}, [&] { m.read(options); });
}

TEST(OnnxRead, ASymbolHasOneValueEverywhere) {
    OnnxModel m;
    m.input("a", {"n", 3}).input("b", {"n", "k"}).output("y", {"n", 3});
    m.node("Add", {"a", "b"}, {"y"});
    ReadOptions options;
    options.shapes = {{"b", {4, 3}}};
    EXPECT_EQ(to_string(m.read(options).graph.type(0)), "f32[4,3]");
}

TEST(OnnxRead, SetTurnsAnInputIntoAConstant) {
    OnnxModel m;
    m.input("x", {2}).input("k", {2}).output("y", {2});
    m.node("Add", {"x", "k"}, {"y"});
    ReadOptions options;
    options.values = {{"k", "1.5,2"}};
    Graph graph = m.read(options).graph;
    ASSERT_EQ(graph.inputs.size(), 1u);
    EXPECT_EQ(graph.constant_floats(graph.nodes[0].inputs[1]), (std::vector<float>{1.5f, 2}));
    options.values = {{"k", "1,2,3"}};
    expect_error(Fault::input, {"'k'", "1,2,3"}, [&] { m.read(options); });
    options.values = {{"k", "one"}};
    expect_error(Fault::input, {"'one'"}, [&] { m.read(options); });
}

TEST(OnnxRead, InitialisedInputsAreConstants) {
    OnnxModel m(8, 3);
    m.input("x", {2}).input("w", {2}).output("y", {2}).floats("w", {2}, {1, 2});
    m.node("Add", {"x", "w"}, {"y"});
    EXPECT_EQ(m.read().graph.inputs.size(), 1u);
}

TEST(OnnxRead, WideFloatsBecomeFloat32) {
    OnnxModel m;
    m.input("x", {2}, 10).output("y", {2}, 10);
    const uint16_t halves[] = {0x3c00, 0xc100};  // 1, -2.5
    m.tensor("w", {2}, 10).set_raw(halves, sizeof halves);
    m.node("Add", {"x", "w"}, {"y"});
    ReadResult result = m.read();
    EXPECT_EQ(result.graph.constant_floats(result.graph.nodes[0].inputs[1]), (std::vector<float>{1, -2.5f}));
    EXPECT_EQ(result.notes.size(), 2u);
}

TEST(OnnxRead, FunctionsAreWrittenOut) {
    OnnxModel m;
    m.input("x", {2}).output("y", {2});
    auto& call = m.node("Scaled", {"x"}, {"y"}, "call");
    call.set_domain("own");
    auto* by = call.add_attributes();
    by->set_name("by");
    by->set_kind(1);
    by->set_real(3);
    auto* f = m.proto.add_functions();
    f->set_name("Scaled");
    f->set_domain("own");
    f->add_inputs("a");
    f->add_outputs("b");
    f->add_attributes("by");
    f->add_opsets()->set_version(17);
    auto& constant = OnnxModel::fill(*f->add_nodes(), "Constant", {}, {"c"});
    auto* value = constant.add_attributes();
    value->set_name("value_float");
    value->set_kind(1);
    value->set_reference("by");
    OnnxModel::fill(*f->add_nodes(), "Mul", {"a", "c"}, {"b"}, "times");
    Graph graph = m.read().graph;
    ASSERT_EQ(graph.nodes.size(), 1u);
    EXPECT_EQ(graph.nodes[0].origin, "call/times");
    EXPECT_EQ(graph.constant_floats(graph.nodes[0].inputs[1]), (std::vector<float>{3}));
}

TEST(OnnxRead, FunctionsThatCallThemselvesAreRefused) {
    OnnxModel m;
    m.input("x", {2}).output("y", {2});
    m.node("Again", {"x"}, {"y"}).set_domain("own");
    auto* f = m.proto.add_functions();
    f->set_name("Again");
    f->set_domain("own");
    f->add_inputs("a");
    f->add_outputs("b");
    OnnxModel::fill(*f->add_nodes(), "Again", {"a"}, {"b"}).set_domain("own");
    expect_error(Fault::input, {"nest deeper"}, [&] { m.read(); });
}

onnx::wire::Graph* subgraph(onnx::wire::Node& node, const std::string& name) {
    auto* attribute = node.add_attributes();
    attribute->set_name(name);
    attribute->set_kind(5);
    return attribute->mutable_graph();
}

OnnxModel conditional(bool constant) {
    OnnxModel m;
    m.input("x", {2}).output("y", {2});
    if (constant)
        m.tensor("c", {}, 9).add_int32s(1);
    else
        m.input("c", {}, 9);
    auto& node = m.node("If", {"c"}, {"y"}, "choose");
    auto* yes = subgraph(node, "then_branch");
    OnnxModel::fill(*yes->add_nodes(), "Abs", {"x"}, {"p"});
    OnnxModel::describe(*yes->add_outputs(), "p", {2}, 1);
    auto* no = subgraph(node, "else_branch");
    OnnxModel::fill(*no->add_nodes(), "Neg", {"x"}, {"q"});
    OnnxModel::describe(*no->add_outputs(), "q", {2}, 1);
    return m;
}

TEST(OnnxRead, ConstantIfIsReadInPlace) {
    EXPECT_EQ(op_names(conditional(true).read().graph), (std::vector<std::string>{"Abs"}));
}

TEST(OnnxRead, OtherIfsTakeWhatTheirBranchesUse) {
    Graph graph = conditional(false).read().graph;
    verify(graph);
    ASSERT_EQ(op_names(graph), (std::vector<std::string>{"If"}));
    EXPECT_EQ(graph.nodes[0].inputs.size(), 2u);
    EXPECT_EQ(op_names(graph.nodes[0].graph("else")), (std::vector<std::string>{"Neg"}));
}

OnnxModel looping(std::optional<int64_t> trips) {
    OnnxModel m;
    m.input("x", {2}).output("y", {2});
    if (trips)
        m.tensor("m", {}, 7).add_int64s(*trips);
    else
        m.input("m", {}, 7);
    auto& node = m.node("Loop", {"m", "", "x"}, {"y"}, "repeat");
    auto* body = subgraph(node, "body");
    OnnxModel::describe(*body->add_inputs(), "i", {}, 7);
    OnnxModel::describe(*body->add_inputs(), "go", {}, 9);
    OnnxModel::describe(*body->add_inputs(), "s", {2}, 1);
    OnnxModel::fill(*body->add_nodes(), "Add", {"s", "x"}, {"t"});
    OnnxModel::describe(*body->add_outputs(), "go", {}, 9);
    OnnxModel::describe(*body->add_outputs(), "t", {2}, 1);
    return m;
}

TEST(OnnxRead, LoopsOfKnownLengthAreWrittenOut) {
    EXPECT_EQ(op_names(looping(3).read().graph), (std::vector<std::string>{"Add", "Add", "Add"}));
}

TEST(OnnxRead, OtherLoopsBecomeWhile) {
    for (auto trips : {std::optional<int64_t>{}, std::optional<int64_t>{1'000'000'000}}) {
        Graph graph = looping(trips).read().graph;
        verify(graph);
        EXPECT_EQ(op_names(graph).back(), "While");
    }
}

TEST(OnnxRead, OpsetsOutsideItsRangeAreNamed) {
    OnnxModel newer(99);
    newer.input("x", {1}).output("y", {1});
    newer.node("Abs", {"x"}, {"y"});
    expect_error(Fault::unsupported, {"opset 99 is newer"}, [&] { newer.read(); });
    OnnxModel older(6);
    older.input("x", {1}).output("y", {2});
    older.node("ConstantOfShape", {"x"}, {"y"}, "fill");
    expect_error(Fault::unsupported, {"'fill'", "opset 6", "opset 9"}, [&] { older.read(); });
}

TEST(OnnxRead, DeclaredElementTypesMustBeTrue) {
    OnnxModel m;
    m.input("x", {2}).output("y", {2}, 7);
    m.node("Abs", {"x"}, {"y"});
    expect_error(Fault::input, {"'y'", "i64[2]", "f32[2]"}, [&] { m.read(); });
}

TEST(OnnxRead, CutsByTensorNodeAndModule) {
    ReadOptions options;
    options.outputs = {"features=backbone/*"};
    Graph graph = chain().read(options).graph;
    EXPECT_EQ(op_names(graph), (std::vector<std::string>{"Add", "Relu"}));
    EXPECT_EQ(graph.outputs[0].name, "features");
    options.outputs = {"backbone.0"};
    EXPECT_EQ(op_names(chain().read(options).graph), (std::vector<std::string>{"Add"}));
    options = {};
    options.inputs = {"s"};
    graph = chain().read(options).graph;
    EXPECT_EQ(op_names(graph), (std::vector<std::string>{"Relu", "Neg"}));
    EXPECT_EQ(graph.inputs[0].name, "s");
}

TEST(OnnxRead, WhatIsCutAwayNeedNotBeSupported) {
    OnnxModel m = chain();
    m.graph().mutable_nodes(2)->set_op_type("Unheard");
    ReadOptions options;
    options.outputs = {"r"};
    EXPECT_TRUE(m.read(options).extracted);
}

TEST(Extract, CutsAnyGraph) {
    Graph whole = chain().read().graph;
    Graph graph = whole;
    extract(graph, {}, {"f=backbone.1"});
    verify(graph);
    EXPECT_EQ(graph.nodes.size(), 2u);
    graph = whole;
    extract(graph, {"in=s"}, {});
    verify(graph);
    EXPECT_EQ(op_names(graph), (std::vector<std::string>{"Relu", "Neg"}));
    EXPECT_EQ(graph.inputs[0].name, "in");
    expect_error(Fault::input, {"'backbon'", "'backbone'"}, [&] { extract(graph, {}, {"backbon"}); });
    graph = whole;
    expect_error(Fault::input, {"'x'"}, [&] { extract(graph, {"r"}, {"s", "y"}); });
}

}  // namespace
}  // namespace tinsmith
