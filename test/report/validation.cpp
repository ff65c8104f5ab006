// Figures by which a model is judged, against numbers worked out by hand.
#include "report/validation.hpp"
#include "report/delegates.hpp"
#include "report/timing.hpp"

#include "ir/builder.hpp"
#include "op/list.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace tinsmith {
namespace {

TEST(classification, precision_recall_and_f1) {
    Classification c;
    // truth 0: predicted 0, 0, 1; truth 1: predicted 1; truth 2: predicted 0.
    for (auto [truth, predicted] : {std::pair{0, 0}, {0, 0}, {0, 1}, {1, 1}, {2, 0}})
        c.add(truth, predicted, truth == predicted);
    EXPECT_DOUBLE_EQ(c.accuracy(), 3.0 / 5);
    EXPECT_DOUBLE_EQ(c.precision(0), 2.0 / 3);
    EXPECT_DOUBLE_EQ(c.recall(0), 2.0 / 3);
    EXPECT_DOUBLE_EQ(c.precision(1), 1.0 / 2);
    EXPECT_DOUBLE_EQ(c.f1(1), 2.0 / 3);
    EXPECT_DOUBLE_EQ(c.precision(2), 0);
    EXPECT_DOUBLE_EQ(c.f1_macro(), (2.0 / 3 + 2.0 / 3 + 0) / 3);
    EXPECT_EQ(c.count(2, 0), 1);
    EXPECT_EQ(c.classes(), (std::vector<int32_t>{0, 1, 2}));
}

TEST(classification, top_k_and_single_scores) {
    const std::vector<double> scores{0.1, 0.5, 0.4};
    EXPECT_EQ(class_of(scores), 1);
    EXPECT_FALSE(among_first(scores, 2, 1));
    EXPECT_TRUE(among_first(scores, 2, 2));
    EXPECT_FALSE(among_first(scores, 7, 3));
    const std::vector<double> even{0.25, 0.5, 0.25,
                                   0};  // equal scores stand in the order of their classes, as the best one is chosen
    EXPECT_TRUE(among_first(even, 0, 2));
    EXPECT_FALSE(among_first(even, 2, 2));
    EXPECT_TRUE(among_first(even, 2, 3));
    EXPECT_EQ(class_of(std::vector<double>{0.7}), 1);
    EXPECT_EQ(class_of(std::vector<double>{0.3}), 0);
}

TEST(classification, area_under_the_curve) {
    EXPECT_DOUBLE_EQ(area_under_curve(std::vector<double>{1, 2, 3, 4}, std::vector<int32_t>{0, 0, 1, 1}), 1);
    EXPECT_DOUBLE_EQ(area_under_curve(std::vector<double>{1, 2, 3, 4}, std::vector<int32_t>{0, 1, 0, 1}), 0.75);
    EXPECT_DOUBLE_EQ(area_under_curve(std::vector<double>{2, 2, 2, 2}, std::vector<int32_t>{0, 1, 0, 1}), 0.5);
    EXPECT_TRUE(std::isnan(area_under_curve(std::vector<double>{1, 2}, std::vector<int32_t>{1, 1})));
}

TEST(timing, figures_of_a_series) {
    const std::vector<double> seconds{0.004, 0.001, 0.002, 0.003};
    const Timing t = timing_of(seconds, 2);
    EXPECT_DOUBLE_EQ(t.mean_ms, 2.5);
    EXPECT_NEAR(t.std_ms, std::sqrt(5.0 / 3), 1e-12);
    EXPECT_DOUBLE_EQ(t.min_ms, 1);
    EXPECT_DOUBLE_EQ(t.max_ms, 4);
    EXPECT_DOUBLE_EQ(t.median_ms, 2.5);
    EXPECT_NEAR(t.p95_ms, 3.85, 1e-12);  // numpy.percentile([1, 2, 3, 4], 95)
    EXPECT_DOUBLE_EQ(t.throughput_fps, 800);
    EXPECT_EQ(t.runs, 4);
}

Graph one_output(const Shape& in, const Shape& out) {
    Graph graph;
    graph.inputs.push_back({"x", graph.add_value("x", {DType::f32, in, {}}), ""});
    graph.outputs.push_back({"y", graph.add_value("y", {DType::f32, out, {}}), ""});
    return graph;
}

Graph dense_end(int64_t outs, const char* activation) {
    Graph graph;
    Builder b(graph);
    const ValueId x = graph.add_value("x", {DType::f32, {1, 4}, {}});
    const ValueId weights = b.floats(std::vector<float>(static_cast<size_t>(outs) * 4, 0.5f), {outs, 4});
    const ValueId y = b.add(op::FullyConnected, {x, weights}, {{"activation", std::string(activation)}});
    graph.inputs.push_back({"x", x, ""});
    graph.outputs.push_back({"y", b.add(op::Reshape, {y}, {{"shape", Ints{1, 1, outs}}}), ""});
    return graph;
}

TEST(validation, tasks_are_seen_in_the_interface) {
    EXPECT_EQ(task_of(one_output({1, 8, 8, 3}, {1, 10}), true), Task::classes);
    EXPECT_EQ(task_of(one_output({1, 8, 8, 3}, {1, 10}), false), Task::values);
    EXPECT_EQ(task_of(dense_end(10, "none"), false), Task::classes);
    EXPECT_EQ(task_of(dense_end(10, "relu"), false), Task::values);
    EXPECT_EQ(task_of(dense_end(10, "relu"), true), Task::classes);
    EXPECT_EQ(task_of(dense_end(1, "none"), false), Task::values);
    EXPECT_EQ(task_of(one_output({1, 640}, {1, 640}), false), Task::reconstruction);
    EXPECT_EQ(task_of(one_output({1, 8, 8, 3}, {1, 100, 6}), false), Task::values);
    EXPECT_EQ(task_of(one_output({1, 8}, {1, 1}), true), Task::classes);
    EXPECT_EQ(task_of(one_output({1, 8}, {1, 1}), false), Task::values);
}

OutputPair pair_of(const Type& type, std::vector<float> expected, std::vector<float> actual) {
    return {type, Buffer::of(std::move(expected)), &type, Buffer::of(std::move(actual))};
}

TEST(validation, decisions_are_counted_against_source_and_labels) {
    const Graph graph = one_output({1, 4}, {1, 3});
    const Type type{DType::f32, {1, 3}, {}};
    Validator validator(&graph, graph, {"y"}, true, false, 2);
    const std::vector<double> input(4);
    const auto add = [&](size_t sample, std::vector<float> expected, std::vector<float> actual, int32_t label) {
        const std::vector<OutputPair> outputs{pair_of(type, std::move(expected), std::move(actual))};
        validator.add(sample, input, outputs, label);
    };
    add(0, {1, 0, 0}, {1, 0, 0}, 0);
    add(1, {0, 1, 0}, {0, 0, 1}, 1);
    add(2, {0, 0, 1}, {0, 0, 1}, 1);
    add(3, {0, 0, 1}, {0, 0, 1}, 2);
    const Validation v = validator.finish();
    EXPECT_DOUBLE_EQ(v.agreed, 0.75);
    EXPECT_DOUBLE_EQ(v.source_accuracy(), 0.75);
    EXPECT_DOUBLE_EQ(v.result_accuracy(), 0.5);
    ASSERT_EQ(v.disagreements.size(), 1U);
    EXPECT_EQ(v.disagreements[0].sample, 1U);
    EXPECT_EQ(v.disagreements[0].source, 1);
    EXPECT_EQ(v.disagreements[0].result, 2);
}

TEST(validation, reconstructions_are_judged_by_their_error) {
    const Graph graph = one_output({1, 2}, {1, 2});
    const Type type{DType::f32, {1, 2}, {}};
    Validator validator(&graph, graph, {"y"}, true, false, 1);
    const std::vector<double> input{0, 0};
    for (int i = 0; i < 10; ++i) {
        const bool anomaly = i >= 8;
        const float expected = anomaly ? 3.0F : 0.1F, actual = anomaly ? 2.95F : 0.1F;
        const std::vector<OutputPair> outputs{pair_of(type, {expected, 0}, {actual, 0})};
        validator.add(static_cast<size_t>(i), input, outputs, anomaly);
    }
    const Validation v = validator.finish();
    EXPECT_EQ(v.task, Task::reconstruction);
    EXPECT_DOUBLE_EQ(v.source_auc, 1);
    EXPECT_DOUBLE_EQ(v.result_auc, 1);
    EXPECT_NEAR(v.source_mse, (8 * 0.005 + 2 * 4.5) / 10, 1e-6);
    EXPECT_DOUBLE_EQ(v.agreed, 1);
}

TEST(validation, an_error_that_moved_is_listed) {
    const Graph graph = one_output({1, 2}, {1, 2});
    const Type type{DType::f32, {1, 2}, {}};
    Validator validator(&graph, graph, {"y"}, false, false, 1);
    const std::vector<double> input{0, 0};
    for (int i = 0; i < 10; ++i) {
        const std::vector<OutputPair> outputs{pair_of(type, {1, 0}, {i == 4 ? 1.1F : 1.01F, 0})};
        validator.add(static_cast<size_t>(i), input, outputs, std::nullopt);
    }
    const Validation v = validator.finish();
    EXPECT_DOUBLE_EQ(v.agreed, 0.9);
    ASSERT_EQ(v.disagreements.size(), 1U);
    EXPECT_EQ(v.disagreements[0].sample, 4U);
}

// x -> Relu -> Erf -> Relu: no delegate has an Erf.
Graph split_graph(const OpDef* middle = &op::Erf) {
    Graph graph;
    const Type type{DType::f32, {1, 4}, {}};
    graph.inputs.push_back({"x", graph.add_value("x", type), ""});
    ValueId last = graph.inputs[0].value;
    for (const OpDef* op : {&op::Relu, middle, &op::Relu}) {
        Node node;
        node.op = op;
        node.inputs = {last};
        last = graph.add_value("", type);
        node.outputs = {last};
        graph.nodes.push_back(node);
    }
    graph.outputs.push_back({"y", last, ""});
    return graph;
}

TEST(delegates, an_operator_that_is_not_taken_splits_the_graph) {
    const DelegateReport report = delegate_report(split_graph(), "xnnpack");
    EXPECT_EQ(report.taken, 2U);
    EXPECT_EQ(report.parts, 3U);
    EXPECT_EQ(report.delegated_parts, 2U);
    EXPECT_EQ(report.nodes[1].reason, "no such operator");
    EXPECT_EQ(delegate_report(split_graph(&op::Sin), "gpu").parts, 1U);
}

TEST(delegates, an_edge_tpu_takes_integers_and_one_part) {
    Graph graph = split_graph();
    for (Value& value : graph.values) value.type = {DType::i8, {1, 4}, Quant{{0.1F}, {0}, -1}};
    const DelegateReport report = delegate_report(graph, "edgetpu");
    EXPECT_TRUE(report.nodes[0].taken);
    EXPECT_FALSE(report.nodes[1].taken);
    EXPECT_FALSE(report.nodes[2].taken);
    EXPECT_EQ(report.delegated_parts, 1U);
    EXPECT_EQ(delegate_report(split_graph(), "edgetpu").taken, 0U);
}

TEST(delegates, every_table_says_where_it_is_from) {
    for (const std::string& name : delegate_names()) EXPECT_FALSE(delegate_report(split_graph(), name).source.empty()) << name;
}

}  // namespace
}  // namespace tinsmith
