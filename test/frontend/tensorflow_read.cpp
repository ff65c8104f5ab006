// The reader of frozen TensorFlow graphs, on graphs written field by field.
#include "format/tensorflow/checkpoint.hpp"
#include "frontend/tensorflow/graph_def.hpp"
#include "ir/op_def.hpp"
#include "ir/verify.hpp"
#include "op/list.hpp"

#include <flatbuffers/flexbuffers.h>
#include <gtest/gtest.h>

#include <limits>

namespace tinsmith {
namespace {

// A protocol buffer, field by field.
struct Message {
    std::string bytes;

    Message& integer(unsigned field, uint64_t value) { return varint(field << 3), varint(value); }
    Message& text(unsigned field, const std::string& value) {
        varint(field << 3 | 2), varint(value.size());
        bytes += value;
        return *this;
    }
    Message& message(unsigned field, const Message& value) { return text(field, value.bytes); }

private:
    Message& varint(uint64_t value) {
        for (; value >= 128; value >>= 7) bytes.push_back(static_cast<char>(value | 128));
        bytes.push_back(static_cast<char>(value));
        return *this;
    }
};

Message shape(const std::vector<int64_t>& dims) {
    Message out;
    for (int64_t dim : dims) out.message(2, Message().integer(1, static_cast<uint64_t>(dim)));
    return out;
}

Message attribute(const std::string& name, const Message& value) { return Message().text(1, name).message(2, value); }

Message node(const std::string& name, const std::string& op, const std::vector<std::string>& inputs,
             const std::vector<Message>& attributes = {}) {
    Message out = Message().text(1, name).text(2, op);
    for (const std::string& input : inputs) out.text(3, input);
    for (const Message& a : attributes) out.message(5, a);
    return out;
}

Message floats(const std::string& name, const std::vector<int64_t>& dims, const std::vector<float>& values) {
    const std::string content(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
    const Message tensor = Message().integer(1, 1).message(2, shape(dims)).text(4, content);
    return node(name, "Const", {},
                {attribute("value", Message().message(8, tensor)), attribute("dtype", Message().integer(6, 1))});
}

Message longs(const std::string& name, const std::vector<int64_t>& values) {
    const std::string content(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(int64_t));
    const Message tensor = Message().integer(1, 9).message(2, shape({std::ssize(values)})).text(4, content);
    return node(name, "Const", {},
                {attribute("value", Message().message(8, tensor)), attribute("dtype", Message().integer(6, 9))});
}

Message truth(const std::string& name) {
    const Message tensor = Message().integer(1, 10).message(2, shape({})).text(4, "\1");
    return node(name, "Const", {},
                {attribute("value", Message().message(8, tensor)), attribute("dtype", Message().integer(6, 10))});
}

Buffer graph_of(const std::vector<Message>& nodes, const Message& library = {}) {
    Message graph;
    for (const Message& n : nodes) graph.message(1, n);
    graph.message(2, library);
    return Buffer::copy_of(std::as_bytes(std::span(graph.bytes.data(), graph.bytes.size())));
}

Message placeholder(const std::vector<int64_t>& dims) {
    return node("x", "Placeholder", {},
                {attribute("shape", Message().message(7, shape(dims))), attribute("dtype", Message().integer(6, 1))});
}

Buffer dense() {
    return graph_of({placeholder({-1, 2}), floats("w", {2, 3}, {1, 2, 3, 4, 5, 6}), floats("b", {3}, {7, 8, 9}),
                     node("product", "MatMul", {"x", "w"}), node("sum", "BiasAdd", {"product", "b:0"}),
                     node("y", "Relu", {"sum", "^w"})});
}

void expect_fault(Fault fault, const std::string& part, const Buffer& file, const ReadOptions& options = {}) {
    try {
        tensorflow::read_graph(file, options);
        ADD_FAILURE() << "no error that says: " << part;
    } catch (const Error& e) {
        EXPECT_EQ(e.fault, fault) << e.what();
        EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
    }
}

TEST(TensorflowRead, AFrozenGraphIsReadWithProposedInputsAndOutputs) {
    const ReadResult result = tensorflow::read_graph(dense(), {});
    ASSERT_EQ(result.graph.inputs.size(), 1u);
    EXPECT_EQ(result.graph.inputs[0].name, "x");
    EXPECT_EQ(result.graph.type(result.graph.inputs[0].value).shape, (Shape{1, 2}));
    ASSERT_EQ(result.graph.outputs.size(), 1u);
    EXPECT_EQ(result.graph.outputs[0].name, "y");
    ASSERT_EQ(result.graph.nodes.size(), 3u);
    EXPECT_TRUE(result.graph.nodes[0].is(op::FullyConnected));
    EXPECT_EQ(result.graph.constant_floats(result.graph.nodes[0].inputs[1]), (std::vector<float>{1, 4, 2, 5, 3, 6}));
}

TEST(TensorflowRead, InputsAndOutputsCutTheGraph) {
    ReadOptions options;
    options.inputs = {"features=product"};
    options.outputs = {"sum"};
    options.shapes["features"] = {1, 3};
    const ReadResult result = tensorflow::read_graph(dense(), options);
    EXPECT_TRUE(result.extracted);
    EXPECT_EQ(result.graph.inputs[0].name, "features");
    EXPECT_EQ(result.graph.nodes.size(), 1u);
}

TEST(TensorflowRead, AnOpenDimensionIsAskedFor) {
    expect_fault(Fault::input, "--shape x=1x16", graph_of({placeholder({-1, -1}), node("y", "Relu", {"x"})}));
}

TEST(TensorflowRead, AllNodesThatCannotBeConvertedAreListed) {
    const Buffer file = graph_of({placeholder({1, 2}), node("a", "Betainc", {"x"}), node("y", "Zeta", {"a"})});
    expect_fault(Fault::unsupported, "node 'a' (Betainc)", file);
    expect_fault(Fault::unsupported, "node 'y' (Zeta)", file);
}

TEST(TensorflowRead, AVariableWithoutValueIsAnError) {
    const Buffer file = graph_of({placeholder({1, 2}), node("v", "VarHandleOp", {}), node("r", "ReadVariableOp", {"v"}),
                                  node("y", "AddV2", {"x", "r"})});
    expect_fault(Fault::input, "the variable 'v'", file);
}

TEST(TensorflowRead, AVariableThatIsWrittenIsRefused) {
    const Buffer file = graph_of({placeholder({1, 2}), node("v", "VarHandleOp", {}), node("w", "AssignVariableOp", {"v", "x"}),
                                  node("y", "Relu", {"x", "^w"})});
    expect_fault(Fault::unsupported, "writes to a variable", file);
}

TEST(TensorflowRead, CyclesAndMissingNodesAreInputErrors) {
    expect_fault(
        Fault::input, "cycle",
        graph_of({placeholder({1}), node("a", "AddV2", {"x", "b"}), node("b", "Relu", {"a"}), node("y", "Relu", {"b"})}));
    expect_fault(Fault::input, "'nowhere'", graph_of({placeholder({1}), node("y", "AddV2", {"x", "nowhere"})}));
    expect_fault(Fault::input, "two nodes have the name 'x'", graph_of({placeholder({1}), placeholder({1})}));
}

TEST(TensorflowRead, AnIndexHasOneEllipsis) {
    const Buffer file = graph_of(
        {placeholder({2, 3}), longs("zeros", {0, 0}), longs("ones", {1, 1}),
         node("y", "StridedSlice", {"x", "zeros", "zeros", "ones"}, {attribute("ellipsis_mask", Message().integer(3, 3))})});
    expect_fault(Fault::input, "2 ellipses", file);
}

TEST(TensorflowRead, NumbersThatOverflowAreInputErrors) {
    const int64_t least = std::numeric_limits<int64_t>::min(), most = std::numeric_limits<int64_t>::max();
    expect_fault(Fault::input, "from -9223372036854775808",
                 graph_of({placeholder({4}), longs("a", {least}), longs("b", {-1}), node("y", "Slice", {"x", "a", "b"})}));
    expect_fault(Fault::input, "of an extent of 4",
                 graph_of({placeholder({4}), longs("a", {most, most, 4}), longs("b", {0}),
                           node("y", "SplitV", {"x", "a", "b"}, {attribute("num_split", Message().integer(3, 3))})}));
    expect_fault(Fault::input, "a range with the number",
                 graph_of({placeholder({4}), longs("a", {least}), longs("b", {most}), longs("c", {most / 4}),
                           node("y", "Range", {"a", "b", "c"}), node("z", "Relu", {"x"})}));
    const Buffer backwards = graph_of({placeholder({4}), longs("a", {3}), longs("b", {0}), longs("c", {least}),
                                       node("y", "StridedSlice", {"x", "a", "b", "c"})});
    EXPECT_EQ(
        tensorflow::read_graph(backwards, {}).graph.type(tensorflow::read_graph(backwards, {}).graph.outputs[0].value).shape,
        Shape{1});
}

TEST(TensorflowRead, ANumberThatIsNoneIsAnInputError) {
    expect_fault(Fault::input, "one number",
                 graph_of({placeholder({4}), floats("a", {0}, {}), floats("b", {}, {1}), node("y", "Range", {"a", "b", "b"}),
                           node("z", "Relu", {"x"})}));
}

// A loop whose condition and body are their own inputs adds no node to what was read, and yet it ends.
TEST(TensorflowRead, ALoopThatComputesNothingEnds) {
    const auto same = [](const std::string& name) {
        const Message arg = Message().text(1, "a").integer(3, 10), result = Message().text(1, "r").integer(3, 10);
        return Message()
            .message(1, Message().text(1, name).message(2, arg).message(3, result))
            .message(4, Message().text(1, "r").text(2, "a"));
    };
    const auto function = [](const std::string& name) { return Message().message(10, Message().text(1, name)); };
    const Message library = Message().message(1, same("go_on")).message(1, same("step"));
    expect_fault(
        Fault::unsupported, "have more than 200000 nodes",
        graph_of({placeholder({1}), truth("t"),
                  node("loop", "While", {"t"}, {attribute("cond", function("go_on")), attribute("body", function("step"))}),
                  node("number", "Cast", {"loop"}, {attribute("DstT", Message().integer(6, 1))}),
                  node("y", "AddV2", {"x", "number"})},
                 library));
}

TEST(TensorflowRead, ALoopThatNeedsItsOwnResultIsAnInputError) {
    const Message frame = attribute("frame_name", Message().text(2, "f"));
    expect_fault(Fault::input, "loops nest deeper",
                 graph_of({placeholder({1}), truth("t"), node("enter", "Enter", {"x"}, {frame}),
                           node("merge", "Merge", {"enter", "next"}), node("go_on", "LoopCond", {"t"}),
                           node("switch", "Switch", {"merge", "go_on"}), node("exit", "Exit", {"switch"}),
                           node("next", "NextIteration", {"exit"}), node("y", "Relu", {"exit"})}));
}

// Whatever the bytes, the reader blames the file or reads a sound graph.
void expect_sound_or_blamed(const Buffer& file) {
    try {
        verify(tensorflow::read_graph(file, {}).graph);
    } catch (const Error& e) {
        EXPECT_NE(e.fault, Fault::internal) << e.what();
    }
}

TEST(TensorflowRead, EveryTruncationAndEveryFlippedBitIsHandled) {
    const Buffer whole = dense();
    for (size_t size = 1; size < whole.size(); ++size) expect_sound_or_blamed(Buffer::copy_of(whole.bytes().first(size)));
    std::vector<std::byte> bytes(whole.bytes().begin(), whole.bytes().end());
    for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
        bytes[bit / 8] ^= std::byte{1} << (bit % 8);
        expect_sound_or_blamed(Buffer::copy_of(bytes));
        bytes[bit / 8] ^= std::byte{1} << (bit % 8);
    }
}

// With one element type and the shape of the result, as functions of SavedModels state them.
Message betainc(const std::string& name, const std::string& input, const std::vector<int64_t>& dims) {
    const Message shapes = Message().message(7, shape(dims));
    return node(name, "Betainc", {input, input, input},
                {attribute("T", Message().integer(6, 1)), attribute("_output_shapes", Message().message(1, shapes))});
}

TEST(TensorflowRead, AnOperatorWithoutBuiltInFormNamesThreeWaysOut) {
    const Buffer file = graph_of({placeholder({1, 2}), betainc("y", "x", {1, 2})});
    expect_fault(Fault::unsupported, "--allow-custom", file);
    expect_fault(Fault::unsupported, "--allow-select-tf-ops", file);
    expect_fault(Fault::unsupported, "replace such an operator", file);
}

TEST(TensorflowRead, AVariableThatIsWrittenHasNoWayOut) {
    const Buffer file = graph_of({placeholder({1, 2}), node("v", "VarHandleOp", {}), node("w", "AssignVariableOp", {"v", "x"}),
                                  node("y", "Relu", {"x", "^w"})});
    try {
        tensorflow::read_graph(file, {});
        ADD_FAILURE();
    } catch (const Error& e) {
        EXPECT_EQ(std::string(e.what()).find("--allow-custom"), std::string::npos) << e.what();
    }
}

TEST(TensorflowRead, AnOperatorIsKeptAsTensorflowsOwn) {
    ReadOptions options;
    options.allow_select_tf_ops = true;
    const Graph graph = tensorflow::read_graph(graph_of({placeholder({1, 2}), betainc("y", "x", {-1, 2})}), options).graph;
    ASSERT_EQ(graph.nodes.size(), 1u);
    const Node& kept = graph.nodes[0];
    ASSERT_TRUE(kept.is(op::Custom));
    EXPECT_EQ(kept.text("code"), "FlexBetainc");
    EXPECT_EQ(kept.inputs.size(), 3u);
    EXPECT_EQ(graph.type(kept.outputs[0]), (Type{DType::f32, {1, 2}, {}}));
    const std::string& options_bytes = kept.text("options");
    const auto parts =
        flexbuffers::GetRoot(reinterpret_cast<const uint8_t*>(options_bytes.data()), options_bytes.size()).AsVector();
    ASSERT_EQ(parts.size(), 2u);
    EXPECT_EQ(parts[0].AsString().str(), "Betainc");
    const Message definition = Message().text(1, "y").text(2, "Betainc").message(5, attribute("T", Message().integer(6, 1)));
    EXPECT_EQ(parts[1].AsString().str(), definition.bytes);
}

TEST(TensorflowRead, ACustomOperatorHasItsAttributes) {
    ReadOptions options;
    options.allow_custom = true;
    options.shapes["y"] = {4, 2};
    const Buffer file = graph_of(
        {placeholder({1, 2}), node("y", "MyOwn", {"x"},
                                   {attribute("alpha", Message().integer(3, 7)), attribute("mode", Message().text(2, "fast")),
                                    attribute("flag", Message().integer(5, 1))})});
    const Graph graph = tensorflow::read_graph(file, options).graph;
    ASSERT_EQ(graph.nodes.size(), 1u);
    EXPECT_EQ(graph.nodes[0].text("code"), "MyOwn");
    EXPECT_EQ(graph.type(graph.nodes[0].outputs[0]).shape, (Shape{4, 2}));
    const std::string& bytes = graph.nodes[0].text("options");
    const auto map = flexbuffers::GetRoot(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()).AsMap();
    EXPECT_EQ(map["alpha"].AsInt64(), 7);
    EXPECT_EQ(map["mode"].AsString().str(), "fast");
    EXPECT_TRUE(map["flag"].AsBool());
    options.shapes.clear();
    expect_fault(Fault::unsupported, "--shape y=", file, options);
}

TEST(TensorflowRead, FakeQuantisationKeepsItsRange) {
    const Buffer file = graph_of({placeholder({1, 2}), floats("low", {}, {-1.0f}), floats("high", {}, {1.55f}),
                                  node("y", "FakeQuantWithMinMaxVars", {"x", "low", "high"})});
    const Graph graph = tensorflow::read_graph(file, {}).graph;
    ASSERT_EQ(graph.nodes.size(), 2u);
    ASSERT_TRUE(graph.nodes[0].is(op::Quantize) && graph.nodes[1].is(op::Dequantize));
    const Type& stored = graph.type(graph.nodes[0].outputs[0]);
    EXPECT_EQ(stored.dtype, DType::i8);
    EXPECT_FLOAT_EQ(stored.quant->scale[0], 0.01f);
    EXPECT_EQ(stored.quant->zero_point[0], 100 - 128);
}

TEST(TensorflowRead, AnInputIsSetToAValue) {
    ReadOptions options;
    options.values["x"] = "2,3";
    const Graph graph = tensorflow::read_graph(graph_of({placeholder({1, 2}), node("y", "Square", {"x"})}), options).graph;
    EXPECT_TRUE(graph.inputs.empty());
    EXPECT_EQ(graph.constant_floats(graph.outputs[0].value), (std::vector<float>{4, 9}));
    options.values = {{"z", "1"}};
    expect_fault(Fault::input, "--set names 'z'", graph_of({placeholder({1, 2}), node("y", "Square", {"x"})}), options);
}

TEST(TensorflowRead, ACheckpointThatIsNotThereIsAnError) {
    try {
        const tensorflow::Checkpoint unread("no/such/variables");
        ADD_FAILURE();
    } catch (const Error& e) {
        EXPECT_EQ(e.fault, Fault::input);
        EXPECT_NE(std::string(e.what()).find("variables are missing"), std::string::npos) << e.what();
    }
}

}  // namespace
}  // namespace tinsmith
