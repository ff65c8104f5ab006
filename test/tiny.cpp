// The guided tour, in the order in which a model flows: build a graph, look at it, run it, rewrite it, write a TFLite file, read
// that back and see that it computes the same. `test_tiny` runs it.
#include "backend/tflite/tflite.hpp"
#include "frontend/frontend.hpp"
#include "ir/text.hpp"
#include "ir/verify.hpp"
#include "op/list.hpp"
#include "pass/pass.hpp"
#include "run/session.hpp"

#include <gtest/gtest.h>

#include <unistd.h>
#include <cmath>
#include <filesystem>

namespace tinsmith {
namespace {

// 1. Build. A Builder adds nodes: it infers every type at once and folds what is constant, so a mistake shows where it is made.
//    The model: x[1,2] -> a dense layer of 3 -> ReLU -> softmax.
Graph small_classifier() {
    Graph graph;
    graph.name = "tiny";
    Builder b(graph);
    ValueId x = graph.add_value("x", {DType::f32, {1, 2}, {}});
    ValueId weights = b.floats({1, 0, 0, 1, 1, 1}, {3, 2});  // [outputs, inputs]
    ValueId bias = b.floats({0, -1, 0.5f}, {3});
    b.origin = "dense";  // the source's name for what follows: it appears in every message about these nodes
    ValueId y = b.add(op::Relu, {b.add(op::FullyConnected, {x, weights, bias})});
    b.origin = "probabilities";
    ValueId p = b.add(op::Softmax, {y});
    graph.inputs = {{"x", x, ""}};  // ports: the names that the outside world uses
    graph.outputs = {{"p", p, ""}};
    return graph;
}

std::vector<float> run_once(const Graph& graph, std::vector<float> x) {
    Session session(graph);
    std::vector<Buffer> inputs{Buffer::of(std::move(x))};
    auto bytes = session.run(inputs)[0];
    std::vector<float> out(bytes.size() / sizeof(float));
    std::memcpy(out.data(), bytes.bytes().data(), bytes.size());
    return out;
}

TEST(Tiny, build_infer_and_look) {
    Graph graph = small_classifier();
    verify(graph);  // what holds between any two passes
    EXPECT_EQ(to_string(graph.type(graph.outputs[0].value)), "f32[1,3]");
    // The text form serves dumps, tests and bug reports; it parses back.
    std::string text = print(graph);
    EXPECT_NE(text.find("Softmax"), std::string::npos) << text;
    EXPECT_EQ(print(parse_graph(text, find_op)), text);
}

TEST(Tiny, a_mistake_is_an_error_that_names_it) {
    Graph graph;
    Builder b(graph);
    ValueId x = graph.add_value("x", {DType::f32, {1, 2}, {}});
    try {
        b.add(op::FullyConnected, {x, b.floats({1, 2, 3}, {1, 3})});
        FAIL() << "accepted";
    } catch (const Error& e) {
        EXPECT_EQ(e.fault, Fault::input);  // whose fault; the command makes an exit code of it
    }
}

TEST(Tiny, run_rewrite_write_and_read_back) {
    Graph graph = small_classifier();

    // 2. Run. The dense layer gives {2, 2, 5.5}; ReLU keeps it.
    auto expected = run_once(graph, {2, 3});
    float sum = 2 * std::exp(2.0f) + std::exp(5.5f);
    EXPECT_NEAR(expected[2], std::exp(5.5f) / sum, 1e-6f);

    // 3. Rewrite. Passes are free functions in a visible list; here the ReLU moves into the dense layer.
    run_passes(graph, canonical_passes(), {});
    run_passes(graph, optimizing_passes(), {});
    EXPECT_EQ(graph.nodes.size(), 2u) << print(graph);

    // 4. Write: make it legal for the format, then stream it to a file that appears whole or not at all.
    TfliteOptions options;
    prepare_for_tflite(graph, options);
    std::string path = std::filesystem::temp_directory_path() / ("tiny_" + std::to_string(::getpid()) + ".tflite");
    write_file(path, [&](ByteSink& sink) { write_tflite(graph, options, sink); });

    // 5. Read the file back: it computes what the source computes.
    Graph again = read_model(path).graph;
    auto actual = run_once(again, {2, 3});
    std::filesystem::remove(path);
    ASSERT_EQ(actual.size(), expected.size());
    for (size_t i = 0; i < actual.size(); ++i) EXPECT_NEAR(actual[i], expected[i], 1e-6f);
}

}  // namespace
}  // namespace tinsmith
