// The Keras reader on files built here: what it makes of them, and what it says of those that are wrong.
#include "keras_file.hpp"

#include "frontend/frontend.hpp"
#include "ir/op_def.hpp"
#include "ir/verify.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace tinsmith {
namespace {

class KerasRead : public testing::Test {
protected:
    TemporaryFolder folder_;
};

std::string message_of(const std::string& path, Fault fault = Fault::input) {
    try {
        read_model(path);
    } catch (const Error& e) {
        EXPECT_EQ(e.fault, fault) << e.what();
        return e.what();
    }
    ADD_FAILURE() << path << " was read";
    return {};
}

void expect_mentions(const std::string& text, std::initializer_list<const char*> words) {
    for (const char* word : words) EXPECT_NE(text.find(word), std::string::npos) << word << " in: " << text;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
}

TEST_F(KerasRead, DenseBecomesFullyConnected) {
    const ReadResult result = read_model(small_dense().save(folder_, "dense.h5"));
    verify(result.graph);
    EXPECT_EQ(result.format, "keras 2.15.0");
    EXPECT_EQ(result.graph.inputs[0].name, "x");
    EXPECT_EQ(result.graph.outputs[0].name, "d");
    ASSERT_EQ(result.graph.nodes.size(), 2u);
    EXPECT_EQ(result.graph.nodes[0].op->name, "FullyConnected");
    EXPECT_EQ(result.graph.nodes[0].origin, "d");
    EXPECT_EQ(result.graph.type(result.graph.nodes[0].inputs[1]).shape, (Shape{3, 2}));
    EXPECT_EQ(result.graph.constant_floats(result.graph.nodes[0].inputs[1]),
              (std::vector<float>{0.1f, 0.4f, 0.2f, 0.5f, 0.3f, 0.6f}));
}

TEST_F(KerasRead, ArchiveGivesTheSameGraph) {
    const KerasFile file = small_dense();
    const std::string path = save_archive(folder_, "dense.keras", dense_objects(),
                                          {{"metadata.json", R"({"keras_version": "3.5.0"})"}, {"config.json", file.config}});
    const ReadResult archive = read_model(path), h5 = read_model(file.save(folder_, "dense2.h5"));
    ASSERT_EQ(archive.graph.nodes.size(), h5.graph.nodes.size());
    EXPECT_EQ(archive.graph.constant_floats(archive.graph.nodes[0].inputs[1]),
              h5.graph.constant_floats(h5.graph.nodes[0].inputs[1]));
}

TEST_F(KerasRead, SaysThatWeightsDoNotFitTheLayer) {
    KerasFile file = small_dense();
    file.layers[1].weights[0].second = {2, 4};
    expect_mentions(message_of(file.save(folder_, "misfit.h5")),
                    {"misfit.h5", "layer 'd' (Dense)", "'kernel' has shape 2x4", "2x3"});
}

TEST_F(KerasRead, SaysWhichWeightsAreMissing) {
    KerasFile file = small_dense();
    file.layers[1].weights.pop_back();
    expect_mentions(message_of(file.save(folder_, "missing.h5")), {"layer 'd' (Dense)", "weight 'bias' is not in the file"});
    file.layers.pop_back();
    expect_mentions(message_of(file.save(folder_, "no_layer.h5")), {"layer 'd' (Dense)", "not in the file"});
}

TEST_F(KerasRead, SaysWhatWeightsAloneLack) {
    KerasFile file = small_dense();
    file.config.clear();
    expect_mentions(message_of(file.save(folder_, "alone.h5")), {"no 'model_config'"});
}

// The .h5 of Keras 3 gives operations the class names of layers: Multiply by a number is none of two tensors.
TEST_F(KerasRead, TellsOperationsFromLayers) {
    KerasFile file;
    file.version = "3.5.0";
    file.config = R"({"class_name": "Functional", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 2], "dtype": "float32"}, "inbound_nodes": []},
        {"class_name": "Multiply", "name": "twice", "config": {"name": "twice"}, "inbound_nodes": [{"kwargs": {}, "args": [
            {"class_name": "__keras_tensor__", "config": {"shape": [null, 2], "keras_history": ["x", 0, 0]}}, 2.0]}]}],
        "input_layers": [["x", 0, 0]], "output_layers": [["twice", 0, 0]]}})";
    file.layers = {{"x", {}}};
    const Graph graph = read_model(file.save(folder_, "operation.h5")).graph;
    ASSERT_EQ(graph.nodes.size(), 1u);
    EXPECT_EQ(graph.nodes[0].op->name, "Mul");
    EXPECT_EQ(graph.constant_floats(graph.nodes[0].inputs[1]), std::vector<float>{2});
}

TEST_F(KerasRead, RefusesMasks) {
    KerasFile file = small_dense();
    file.config =
        replaced(file.config, R"("class_name": "Dense", "config": {"name": "d", "units": 3)",
                 R"("class_name": "Embedding", "config": {"name": "d", "mask_zero": true, "input_dim": 2, "output_dim": 3)");
    file.layers[1].weights = {{"d/embeddings:0", {2, 3}}};
    expect_mentions(message_of(file.save(folder_, "mask.h5"), Fault::unsupported),
                    {"layer 'd' (Embedding)", "mask_zero=False"});
}

TEST_F(KerasRead, NeverExecutesLambdas) {
    KerasFile file = small_dense();
    file.config = replaced(file.config, R"("class_name": "Dense")", R"("class_name": "Lambda")");
    expect_mentions(message_of(file.save(folder_, "lambda.h5"), Fault::unsupported),
                    {"layer 'd' (Lambda)", "byte code", "SavedModel"});
}

TEST_F(KerasRead, RefusesLinksToOtherFiles) {
    KerasFile file = small_dense();
    file.layers.pop_back();
    file.external_link = "d";
    expect_mentions(message_of(file.save(folder_, "link.h5")), {"layer 'd'", "link to another place"});
}

TEST_F(KerasRead, RefusesEntriesThatPointOutOfTheArchive) {
    const std::string path = save_archive(folder_, "out.keras", dense_objects(),
                                          {{"metadata.json", "{}"}, {"config.json", small_dense().config}, {"../evil", "x"}});
    expect_mentions(message_of(path), {"'../evil'"});
}

TEST_F(KerasRead, SaysWhatAnArchiveLacks) {
    const std::string config = small_dense().config;
    expect_mentions(message_of(save_archive(folder_, "a.keras", dense_objects(), {{"metadata.json", "{}"}})), {"config.json"});
    expect_mentions(message_of(save_archive(folder_, "b.keras", Buffer(), {{"metadata.json", "{}"}, {"config.json", config}})),
                    {"model.weights.h5"});
}

TEST_F(KerasRead, RefusesNumbersThatMakeNoSense) {
    for (const char* units : {"-3", "1e300", "\"three\"", "[3, 3]", "99999999999999999999"}) {
        KerasFile file = small_dense();
        file.config = replaced(file.config, "\"units\": 3", std::string("\"units\": ") + units);
        message_of(file.save(folder_, "units.h5"));
    }
}

TEST_F(KerasRead, RefusesNumbersThatOverflow) {
    KerasFile file = small_dense();
    file.config = R"({"class_name": "Sequential", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [null, 8, 2], "dtype": "float32"}},
        {"class_name": "Conv1D", "config": {"name": "d", "filters": 3, "kernel_size": [3], "padding": "causal",
         "dilation_rate": [9223372036854775807]}}]}})";
    file.layers[1].weights = {{"d/kernel:0", {3, 2, 3}}, {"d/bias:0", {3}}};
    expect_mentions(message_of(file.save(folder_, "causal.h5")), {"layer 'd'", "a dilation of 9223372036854775807"});
}

// Each level would be read twice.
TEST_F(KerasRead, RefusesBothDirectionsOfBothDirections) {
    std::string layer = R"({"class_name": "LSTM", "config": {"name": "l", "units": 1}})";
    for (int i = 0; i < 30; ++i) layer = R"({"class_name": "Bidirectional", "config": {"name": "d", "layer": )" + layer + "}}";
    KerasFile file;
    file.config = R"({"class_name": "Sequential", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [null, 2, 2]}}, )" +
                  layer + "]}}";
    file.layers = {{"x", {}}, {"d", {}}};
    expect_mentions(message_of(file.save(folder_, "both.h5"), Fault::unsupported), {"both directions", "'Bidirectional'"});
}

TEST_F(KerasRead, AnIndexHasOneEllipsis) {
    KerasFile file;
    file.version = "3.5.0";
    const std::string ellipsis = R"({"class_name": "__ellipsis__", "config": {}})";
    file.config = R"({"class_name": "Functional", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 2], "dtype": "float32"}, "inbound_nodes": []},
        {"class_name": "GetItem", "name": "part", "config": {"name": "part"}, "inbound_nodes": [{"kwargs": {}, "args": [
            {"class_name": "__keras_tensor__", "config": {"shape": [null, 2], "keras_history": ["x", 0, 0]}}, [)" +
                  ellipsis + ", " + ellipsis + R"(]]}]}], "input_layers": [["x", 0, 0]], "output_layers": [["part", 0, 0]]}})";
    file.layers = {{"x", {}}};
    expect_mentions(message_of(file.save(folder_, "ellipses.h5")), {"layer 'part'", "2 ellipses"});
}

TEST_F(KerasRead, SaysThatALayerInsideGivesNothing) {
    KerasFile file = small_dense();
    file.config = R"({"class_name": "Sequential", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [null, 2], "dtype": "float32"}},
        {"class_name": "QuantizeWrapperV2", "config": {"name": "d", "layer": {"class_name": "Sequential", "config": {"name": "s",
         "layers": [{"class_name": "Activation", "config": {"name": "a", "activation": "unheard_of"}}]}}}}]}})";
    file.layers = {{"x", {}}, {"d", {}}};
    expect_mentions(message_of(file.save(folder_, "inside.h5"), Fault::unsupported), {"unheard_of"});
}

TEST_F(KerasRead, RefusesConfigurationsThatNestTooDeep) {
    KerasFile file = small_dense();
    const std::string deep = std::string(100000, '[') + std::string(100000, ']');
    file.config = replaced(file.config, "\"units\": 3", "\"units\": " + deep);
    expect_mentions(message_of(file.save(folder_, "deep.h5")), {"'model_config'", "nest deeper than"});
}

// Whatever the bytes are, the reader reads them or says what is wrong with them.
void expect_no_surprise(std::span<const std::byte> bytes, const std::string& what) {
    const TemporaryFolder folder;
    const std::string path = folder.write("broken.h5", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    try {
        verify(read_model(path).graph);
    } catch (const Error& e) {
        EXPECT_TRUE(e.fault == Fault::input || e.fault == Fault::unsupported) << what << ": " << e.what();
    }
}

TEST_F(KerasRead, TruncationsAreErrors) {
    const Buffer whole = small_dense().write();
    for (size_t size = 1; size < whole.size(); size += 211)
        expect_no_surprise(whole.bytes().first(size), fmt::format("{} bytes", size));
}

TEST_F(KerasRead, FlippedBitsAreErrorsOrRead) {
    const Buffer whole = small_dense().write();
    std::vector<std::byte> bytes(whole.bytes().begin(), whole.bytes().end());
    for (size_t i = 0; i < bytes.size(); i += 13) {
        const std::byte flip{static_cast<unsigned char>(1u << (i % 8))};
        bytes[i] ^= flip;
        expect_no_surprise(bytes, fmt::format("byte {}", i));
        bytes[i] ^= flip;
    }
}

}  // namespace
}  // namespace tinsmith
