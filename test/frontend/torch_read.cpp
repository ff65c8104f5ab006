// The reader of exported PyTorch programs on files built here: what it makes of them, and what it says of those that are wrong.
#include "torch_file.hpp"

#include "base/file.hpp"
#include "frontend/frontend.hpp"
#include "ir/op_def.hpp"
#include "ir/verify.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace tinsmith {
namespace {

class TorchRead : public testing::Test {
protected:
    std::string message_of(const TorchFile& file, Fault fault = Fault::input, const ReadOptions& options = {}) {
        try {
            read_model(file.save(folder_, "broken.pt2"), options);
        } catch (const Error& e) {
            EXPECT_EQ(e.fault, fault) << e.what();
            return e.what();
        }
        ADD_FAILURE() << "it was read";
        return {};
    }
    ReadResult read(const TorchFile& file, const ReadOptions& options = {}) {
        ReadResult result = read_model(file.save(folder_, "model.pt2"), options);
        verify(result.graph);
        return result;
    }
    TemporaryFolder folder_;
};

void expect_mentions(const std::string& text, std::initializer_list<const char*> words) {
    for (const char* word : words) EXPECT_NE(text.find(word), std::string::npos) << word << " in: " << text;
}

// A program of one operator of x [2, 3].
TorchFile single(const std::string& target, const std::vector<std::pair<std::string, std::string>>& arguments,
                 const std::string& shape) {
    TorchFile file;
    file.nodes = {node("n", target, arguments, "y")};
    file.tensors = {{"y", shape}};
    return file;
}

TEST_F(TorchRead, LinearBecomesFullyConnected) {
    const ReadResult result = read(small_linear());
    EXPECT_EQ(result.format, "pt2 schema 8.20");
    EXPECT_EQ(result.graph.inputs[0].name, "x");
    EXPECT_EQ(result.graph.outputs[0].name, "y");
    ASSERT_EQ(result.graph.nodes.size(), 1u);
    EXPECT_EQ(result.graph.nodes[0].op->name, "FullyConnected");
    EXPECT_EQ(result.graph.nodes[0].origin, "fc/linear");
    EXPECT_EQ(result.graph.constant_floats(result.graph.nodes[0].inputs[1])[5], 0.1f * 6);
}

TEST_F(TorchRead, SymbolicBatchBecomesOne) {
    TorchFile file = small_linear();
    file.inputs = {{"x", "s77x3"}};
    file.tensors = {{"y", "s77x2"}};
    ReadResult result = read(file);
    EXPECT_EQ(result.graph.type(result.graph.outputs[0].value).shape, (Shape{1, 2}));
    EXPECT_EQ(result.notes, std::vector<std::string>{"input 'x': 's77' became 1"});
    ReadOptions options;
    options.shapes["x"] = {5, 3};
    result = read(file, options);
    EXPECT_EQ(result.graph.type(result.graph.outputs[0].value).shape, (Shape{5, 2}));
}

TEST_F(TorchRead, OpenExtentsAskForAShape) {
    TorchFile file = small_linear();
    file.inputs = {{"x", "s0xs1"}};
    file.tensors.clear();
    expect_mentions(message_of(file), {"input 'x' is s0xs1", "--shape x=1x16"});
    ReadOptions options;
    options.shapes["z"] = {1};
    expect_mentions(message_of(file, Fault::input, options), {"--shape names 'z'", "'x'"});
}

// Sizes are numbers while the program is read: view(x, [size(x, 0), -1]).
TEST_F(TorchRead, SizesAreNumbers) {
    TorchFile file = small_linear();
    file.inputs = {{"x", "s0x3"}};
    file.weights.clear();
    file.nodes = {
        R"({"target": "torch.ops.aten.sym_size.int", "name": "size", "metadata": {}, "outputs": [{"as_sym_int": {"as_name": "n"}}],
                     "inputs": [{"name": "self", "arg": {"as_tensor": {"name": "x"}}}, {"name": "dim", "arg": {"as_int": 1}}]})",
        R"({"target": "_operator.mul", "name": "mul", "metadata": {}, "outputs": [{"as_sym_int": {"as_name": "m"}}],
                     "inputs": [{"name": "a", "arg": {"as_sym_int": {"as_name": "n"}}}, {"name": "b", "arg": {"as_sym_int": {"as_int": 1}}}]})",
        node("view", "aten.view.default",
             {{"self", tensor("x")}, {"size", R"({"as_sym_ints": [{"as_name": "m"}, {"as_int": -1}]})"}}, "y")};
    file.tensors.clear();
    const Graph graph = read(file).graph;
    EXPECT_EQ(graph.type(graph.outputs[0].value).shape, (Shape{3, 1}));
}

TEST_F(TorchRead, KeysOfADictionaryNameTheOutputs) {
    TorchFile file = small_linear();
    file.outputs = {"y", "y"};
    EXPECT_EQ(read(file).graph.outputs[1].name, "y_1");
    file.out_spec =
        R"([1, {"type": "builtins.dict", "context": "[\"boxes\", \"scores\"]", "children_spec": )"
        R"([{"type": null, "context": null, "children_spec": []}, {"type": null, "context": null, "children_spec": []}]}])";
    const Graph graph = read(file).graph;
    EXPECT_EQ(graph.outputs[0].name, "boxes");
    EXPECT_EQ(graph.outputs[1].name, "scores");
}

TEST_F(TorchRead, WritesInPlaceReachLaterReaders) {
    TorchFile file;
    file.nodes = {node("a", "aten.neg.default", {{"self", tensor("x")}}, "a"),
                  node("b", "aten.relu_.default", {{"self", tensor("a")}}, "b"),
                  node("c", "aten.exp.default", {{"self", tensor("a")}}, "y")};
    file.tensors = {{"y", "2x3"}};
    const Graph graph = read(file).graph;
    ASSERT_EQ(graph.nodes.size(), 3u);
    EXPECT_EQ(graph.nodes[2].inputs[0], graph.nodes[1].outputs[0]);  // exp reads what relu_ wrote
}

TEST_F(TorchRead, ViewsSeeWritesThroughOtherNames) {
    TorchFile file;
    file.nodes = {node("a", "aten.neg.default", {{"self", tensor("x")}}, "a"),
                  node("v", "aten.view.default", {{"self", tensor("a")}, {"size", integers("6")}}, "v"),
                  node("b", "aten.relu_.default", {{"self", tensor("a")}}, "b"),
                  node("c", "aten.exp.default", {{"self", tensor("v")}}, "y")};
    file.tensors = {{"y", "6"}};
    const Graph graph = read(file).graph;
    std::vector<std::string> ops;
    for (const Node& n : graph.nodes) ops.emplace_back(n.op->name);
    EXPECT_EQ(ops, (std::vector<std::string>{"Neg", "Reshape", "Relu", "Reshape", "Exp"}));
    EXPECT_EQ(graph.nodes[4].inputs[0], graph.nodes[3].outputs[0]);  // exp reads the view of what relu_ wrote
}

TEST_F(TorchRead, WritesThroughAViewReachItsMemory) {
    TorchFile file;
    file.nodes = {node("a", "aten.neg.default", {{"self", tensor("x")}}, "a"),
                  node("v", "aten.select.int", {{"self", tensor("a")}, {"dim", integer(1)}, {"index", integer(2)}}, "v"),
                  node("b", "aten.relu_.default", {{"self", tensor("v")}}, "b"),
                  node("c", "aten.exp.default", {{"self", tensor("a")}}, "y")};
    file.tensors = {{"y", "2x3"}};
    const Graph graph = read(file).graph;
    EXPECT_EQ(graph.nodes[graph.nodes.size() - 2].op->name, "Concat");  // the columns before it, and what relu_ wrote
}

TEST_F(TorchRead, DropoutInPlaceIsNothing) {
    TorchFile file;
    file.nodes = {node("d", "aten.dropout_.default", {{"self", tensor("x")}}, "d"),
                  node("c", "aten.exp.default", {{"self", tensor("d")}}, "y")};
    file.tensors = {{"y", "2x3"}};
    EXPECT_EQ(read(file).graph.nodes.size(), 1u);
}

TEST_F(TorchRead, RefusesWritesThatACopyMayNotSee) {
    TorchFile file;
    file.nodes = {node("a", "aten.neg.default", {{"self", tensor("x")}}, "a"),
                  node("v", "aten.reshape.default", {{"self", tensor("a")}, {"shape", integers("6")}}, "v"),
                  node("b", "aten.relu_.default", {{"self", tensor("a")}}, "b"),
                  node("c", "aten.exp.default", {{"self", tensor("v")}}, "y")};
    file.tensors = {{"y", "6"}};
    expect_mentions(message_of(file, Fault::unsupported), {"node 'b' (aten.relu_.default)", "'v'", "run_decompositions()"});
}

TEST_F(TorchRead, RefusesWritesToWeightsAndInputs) {
    TorchFile file = small_linear();
    file.nodes.push_back(node("w", "aten.relu_.default", {{"self", tensor("p_fc_weight")}}, "w"));
    expect_mentions(message_of(file, Fault::unsupported), {"parameter 'fc.weight'"});
    file.nodes.back() = node("w", "aten.relu_.default", {{"self", tensor("x")}}, "w");
    expect_mentions(message_of(file, Fault::unsupported), {"input 'x'", "clone"});
    file = small_linear();
    file.more_outputs = R"(, {"buffer_mutation": {"arg": {"name": "y"}, "buffer_name": "bn.running_mean"}})";
    expect_mentions(message_of(file, Fault::unsupported), {"buffer 'bn.running_mean'", "eval mode"});
}

TEST_F(TorchRead, ListsAllThatCannotBeConverted) {
    TorchFile file;
    file.nodes = {node("a", "aten.nonzero.default", {{"self", tensor("x")}}, "a"),
                  node("b", "aten.neg.default", {{"self", tensor("a")}}, "b"),
                  node("c", "mine.fancy.default", {{"self", tensor("x")}}, "c"),
                  node("d", "mine.fancy.default", {{"self", tensor("x")}}, "y")};
    expect_mentions(message_of(file, Fault::unsupported), {"node 'a' (aten.nonzero.default)", "depends on the data",
                                                           "node 'c' (mine.fancy.default) of module 'fc' and 1 more"});
}

TEST_F(TorchRead, RefusesOtherSchemas) {
    TorchFile file = small_linear();
    file.version = R"({"major": 9, "minor": 0})";
    expect_mentions(message_of(file), {"version 9.0", "torch.export.save"});
    file.version = "{}";
    expect_mentions(message_of(file), {"'major' is missing"});
}

TEST_F(TorchRead, SaysWhichWeightIsMissingOrTooShort) {
    TorchFile file = small_linear();
    file.missing_bytes = 4;
    expect_mentions(message_of(file), {"tensor 'fc.", "leaves its storage"});
    file = small_linear();
    file.weights.pop_back();
    expect_mentions(message_of(file), {"node 'linear'", "'p_fc_bias'", "no node"});
}

TEST_F(TorchRead, RefusesEntriesThatPointOutOfTheArchive) {
    TorchFile file = small_linear();
    file.entries = {{"../evil", "x"}};
    expect_mentions(message_of(file), {"'../evil'"});
}

TEST_F(TorchRead, RefusesCompressedEntries) {
    TorchFile file = small_linear();
    file.weights[0].shape = {100000, 3};
    file.compressed = true;
    expect_mentions(message_of(file), {"compressed"});
}

TEST_F(TorchRead, RefusesTwoPrograms) {
    TorchFile file = small_linear();
    file.entries = {{"m/models/other.json", "{}"}};
    expect_mentions(message_of(file), {"2 programs"});
}

TEST_F(TorchRead, RefusesNamesThatAreTakenOrUnknown) {
    TorchFile file = small_linear();
    file.nodes.push_back(file.nodes[0]);
    expect_mentions(message_of(file), {"node 'linear'", "'y' is defined twice"});
    file = single("aten.neg.default", {{"self", tensor("y")}}, "2x3");  // reads itself
    expect_mentions(message_of(file), {"node 'n' (aten.neg.default)", "'y' is computed by no node before it"});
    file = small_linear();
    file.outputs = {"z"};
    expect_mentions(message_of(file), {"'z'"});
}

TEST_F(TorchRead, DeclaredTypesAreHeldAgainstTheComputedOnes) {
    TorchFile file = small_linear();
    file.tensors = {{"y", "2x7"}};
    expect_mentions(message_of(file), {"'y' is declared as f32[2,7], but computed as f32[2,2]"});
}

TEST_F(TorchRead, RefusesArgumentsThatMakeNoSense) {
    const auto x = std::pair<std::string, std::string>{"self", tensor("x")};
    for (const TorchFile& file : {
             single("aten.view.default", {x, {"size", integers("-1, -1")}}, "6"),
             single("aten.view.default", {x, {"size", integers("9223372036854775807, 9223372036854775807")}}, "6"),
             single("aten.select.int", {x, {"dim", integer(0)}, {"index", integer(9)}}, "3"),
             single("aten.split.Tensor", {x, {"split_size", integer(0)}}, "3"),
             single("aten.slice.Tensor", {x, {"dim", integer(7)}}, "3"),
             single("aten.constant_pad_nd.default", {x, {"pad", integers("9223372036854775807, 1")}}, "3"),
             single("aten.softmax.int", {x, {"dim", R"({"as_string": "last"})"}}, "2x3"),
             single("aten.max_pool2d.default", {x, {"kernel_size", integers("3")}}, "2x3"),
             single("aten.neg.default", {}, "2x3"),
         })
        message_of(file);
}

// Whatever the bytes are, the reader reads them or says what is wrong with them.
void expect_no_surprise(std::span<const std::byte> bytes, const std::string& what) {
    const TemporaryFolder folder;
    const std::string path = folder.write("broken.pt2", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    try {
        verify(read_model(path).graph);
    } catch (const Error& e) {
        EXPECT_TRUE(e.fault == Fault::input || e.fault == Fault::unsupported) << what << ": " << e.what();
    }
}

TEST_F(TorchRead, TruncationsAreErrors) {
    const Buffer whole = map_file(small_linear().save(folder_, "whole.pt2"));
    for (size_t size = 0; size < whole.size(); size += 37)
        expect_no_surprise(whole.bytes().first(size), fmt::format("{} bytes", size));
}

TEST_F(TorchRead, FlippedBitsAreErrorsOrRead) {
    const Buffer whole = map_file(small_linear().save(folder_, "whole.pt2"));
    const unsigned seed = 7;
    std::mt19937 random(seed);
    for (int i = 0; i < 400; ++i) {
        std::vector<std::byte> bytes(whole.bytes().begin(), whole.bytes().end());
        const size_t at = random() % bytes.size();
        bytes[at] ^= static_cast<std::byte>(1u << random() % 8);
        expect_no_surprise(bytes, fmt::format("seed {}, byte {}", seed, at));
    }
}

// The archive checks its sums, so the program is damaged before it is packed.
TEST_F(TorchRead, DamagedProgramsAreErrorsOrRead) {
    TorchFile file = small_linear();
    file.nodes.push_back(node("v", "aten.view.default", {{"self", tensor("y")}, {"size", integers("4, -1")}}, "v"));
    file.outputs = {"v"};
    const std::string program = file.program();
    const unsigned seed = 11;
    std::mt19937 random(seed);
    for (int i = 0; i < 400; ++i) {
        std::string damaged = program;
        const size_t at = random() % damaged.size();
        damaged[at] = static_cast<char>(' ' + random() % 95);
        TorchFile broken = small_linear();
        broken.replaced_program = damaged;
        const Buffer bytes = map_file(broken.save(folder_, "damaged.pt2"));
        expect_no_surprise(bytes.bytes(), fmt::format("seed {}, character {}", seed, at));
    }
}

}  // namespace
}  // namespace tinsmith
