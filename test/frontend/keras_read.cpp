// The Keras reader on files built here: what it makes of them, and what it says of those that are wrong.
#include "keras_file.hpp"

#include "frontend/frontend.hpp"
#include "ir/op_def.hpp"
#include "ir/verify.hpp"
#include "message_of.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

namespace tinsmith {
namespace {

class KerasRead : public testing::Test {
protected:
    TemporaryFolder folder_;
};

std::string message_of_file(const std::string& path, Fault fault = Fault::input) {
    return message_of([&] { read_model(path); }, fault);
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
    expect_mentions(message_of_file(file.save(folder_, "misfit.h5")),
                    {"misfit.h5", "layer 'd' (Dense)", "'kernel' has shape 2x4", "2x3"});
}

TEST_F(KerasRead, SaysWhichWeightsAreMissing) {
    KerasFile file = small_dense();
    file.layers[1].weights.pop_back();
    expect_mentions(message_of_file(file.save(folder_, "missing.h5")),
                    {"layer 'd' (Dense)", "weight 'bias' is not in the file"});
    file.layers.pop_back();
    expect_mentions(message_of_file(file.save(folder_, "no_layer.h5")), {"layer 'd' (Dense)", "not in the file"});
}

TEST_F(KerasRead, SaysWhatWeightsAloneLack) {
    KerasFile file = small_dense();
    file.config.clear();
    expect_mentions(message_of_file(file.save(folder_, "alone.h5")), {"no 'model_config'"});
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

size_t count_of(const Graph& graph, std::string_view op) {
    return static_cast<size_t>(
        std::count_if(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) { return node.op->name == op; }));
}

// Two steps of two features, of which those of zeros do not count.
TEST_F(KerasRead, MasksReachRecurrentLayers) {
    KerasFile file;
    file.config = R"({"class_name": "Sequential", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [null, 2, 2], "dtype": "float32"}},
        {"class_name": "Masking", "config": {"name": "mask", "mask_value": 0.0}},
        {"class_name": "GRU", "config": {"name": "g", "units": 1, "reset_after": true}}]}})";
    file.layers = {{"x", {}}, {"mask", {}}, {"g", {{"k", {2, 3}}, {"r", {1, 3}}, {"b", {2, 3}}}}};
    const Graph graph = read_model(file.save(folder_, "mask.h5")).graph;
    EXPECT_EQ(count_of(graph, "Where"), 2u);  // a state for each step
    file.config = replaced(file.config, "GRU", "Flatten");
    file.layers[2].weights.clear();
    EXPECT_EQ(count_of(read_model(file.save(folder_, "flat.h5")).graph, "Where"), 0u);
}

TEST_F(KerasRead, UnderstandsTheWordsOfKeras1) {
    KerasFile file;
    file.version = "1.2.2";
    file.config = R"({"class_name": "Sequential", "config": [
        {"class_name": "Convolution2D", "config": {"name": "c", "batch_input_shape": [null, 2, 4, 5], "nb_filter": 3, "nb_row": 3,
         "nb_col": 2, "border_mode": "same", "subsample": [2, 1], "dim_ordering": "th", "bias": true, "activation": "relu"}},
        {"class_name": "Flatten", "config": {"name": "f"}},
        {"class_name": "Dense", "config": {"name": "d", "output_dim": 2, "bias": true, "activation": "linear"}}]})";
    file.layers = {{"c", {{"c_W", {3, 2, 3, 2}}, {"c_b", {3}}}}, {"f", {}}, {"d", {{"d_W", {30, 2}}, {"d_b", {2}}}}};
    const ReadResult result = read_model(file.save(folder_, "old.h5"));
    verify(result.graph);
    EXPECT_EQ(result.graph.type(result.graph.outputs[0].value).shape, (Shape{1, 2}));
    const auto conv = std::find_if(result.graph.nodes.begin(), result.graph.nodes.end(),
                                   [](const Node& node) { return node.op->name == "Conv"; });
    ASSERT_NE(conv, result.graph.nodes.end());
    EXPECT_EQ(result.graph.type(conv->inputs[1]).shape, (Shape{3, 3, 2, 2}));
    EXPECT_FLOAT_EQ(result.graph.constant_floats(conv->inputs[1])[1], 0.7f);  // the second channel, 6 elements on
    EXPECT_TRUE(std::any_of(result.notes.begin(), result.notes.end(),
                            [](const std::string& note) { return note.find("Theano") != note.npos; }));
}

TEST_F(KerasRead, NamesWhatKeras1AloneHas) {
    KerasFile file = small_dense();
    file.version = "1.2.2";
    file.config = replaced(file.config, R"("class_name": "Dense")", R"("class_name": "MaxoutDense")");
    expect_mentions(message_of_file(file.save(folder_, "maxout.h5"), Fault::unsupported), {"layer 'd' (MaxoutDense)"});
}

TEST_F(KerasRead, RefusesQuantisationsByName) {
    KerasFile file = small_dense();
    file.version = "3.12.0";
    file.config = replaced(file.config, R"("units": 3)", R"("units": 3, "dtype": {"class_name": "QuantizedDTypePolicy",
        "config": {"mode": "int4", "source_name": "float32"}})");
    expect_mentions(message_of_file(file.save(folder_, "int4.h5"), Fault::unsupported),
                    {"layer 'd' (Dense)", "'int4'", "quantize('int8')"});
}

TEST_F(KerasRead, NeverExecutesLambdas) {
    KerasFile file = small_dense();
    file.config = replaced(file.config, R"("class_name": "Dense")", R"("class_name": "Lambda")");
    expect_mentions(message_of_file(file.save(folder_, "lambda.h5"), Fault::unsupported),
                    {"layer 'd' (Lambda)", "byte code", "SavedModel"});
}

TEST_F(KerasRead, RefusesLinksToOtherFiles) {
    KerasFile file = small_dense();
    file.layers.pop_back();
    file.external_link = "d";
    expect_mentions(message_of_file(file.save(folder_, "link.h5")), {"layer 'd'", "link to another place"});
}

TEST_F(KerasRead, RefusesEntriesThatPointOutOfTheArchive) {
    const std::string path = save_archive(folder_, "out.keras", dense_objects(),
                                          {{"metadata.json", "{}"}, {"config.json", small_dense().config}, {"../evil", "x"}});
    expect_mentions(message_of_file(path), {"'../evil'"});
}

TEST_F(KerasRead, SaysWhatAnArchiveLacks) {
    const std::string config = small_dense().config;
    expect_mentions(message_of_file(save_archive(folder_, "a.keras", dense_objects(), {{"metadata.json", "{}"}})),
                    {"config.json"});
    expect_mentions(
        message_of_file(save_archive(folder_, "b.keras", Buffer(), {{"metadata.json", "{}"}, {"config.json", config}})),
        {"model.weights.h5"});
}

TEST_F(KerasRead, RefusesNumbersThatMakeNoSense) {
    for (const char* units : {"-3", "1e300", "\"three\"", "[3, 3]", "99999999999999999999"}) {
        KerasFile file = small_dense();
        file.config = replaced(file.config, "\"units\": 3", std::string("\"units\": ") + units);
        message_of_file(file.save(folder_, "units.h5"));
    }
}

TEST_F(KerasRead, RefusesNumbersThatOverflow) {
    KerasFile file = small_dense();
    file.config = R"({"class_name": "Sequential", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [null, 8, 2], "dtype": "float32"}},
        {"class_name": "Conv1D", "config": {"name": "d", "filters": 3, "kernel_size": [3], "padding": "causal",
         "dilation_rate": [9223372036854775807]}}]}})";
    file.layers[1].weights = {{"d/kernel:0", {3, 2, 3}}, {"d/bias:0", {3}}};
    expect_mentions(message_of_file(file.save(folder_, "causal.h5")), {"layer 'd'", "a dilation of 9223372036854775807"});
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
    expect_mentions(message_of_file(file.save(folder_, "both.h5"), Fault::unsupported), {"both directions", "'Bidirectional'"});
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
    expect_mentions(message_of_file(file.save(folder_, "ellipses.h5")), {"layer 'part'", "2 ellipses"});
}

TEST_F(KerasRead, SaysThatALayerInsideGivesNothing) {
    KerasFile file = small_dense();
    file.config = R"({"class_name": "Sequential", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [null, 2], "dtype": "float32"}},
        {"class_name": "QuantizeWrapperV2", "config": {"name": "d", "layer": {"class_name": "Sequential", "config": {"name": "s",
         "layers": [{"class_name": "Activation", "config": {"name": "a", "activation": "unheard_of"}}]}}}}]}})";
    file.layers = {{"x", {}}, {"d", {}}};
    expect_mentions(message_of_file(file.save(folder_, "inside.h5"), Fault::unsupported), {"unheard_of"});
}

TEST_F(KerasRead, RefusesConfigurationsThatNestTooDeep) {
    KerasFile file = small_dense();
    const std::string deep = std::string(100000, '[') + std::string(100000, ']');
    file.config = replaced(file.config, "\"units\": 3", "\"units\": " + deep);
    expect_mentions(message_of_file(file.save(folder_, "deep.h5")), {"'model_config'", "nest deeper than"});
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
