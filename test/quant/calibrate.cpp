// Calibration of small graphs: exact extremes, the same result on any number of threads, and what it warns of.
#include "quant/calibrate.hpp"

#include "ir/builder.hpp"
#include "op/list.hpp"
#include "quant/spread.hpp"
#include "quant/suspicions.hpp"
#include "run/session.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace tinsmith {
namespace {

// A small network: dense layer, swish, sum with a part of the input, softmax.
Graph network() {
    Graph g;
    Builder b(g);
    const ValueId x = g.add_value("x", {DType::f32, {1, 96}, {}});
    g.inputs.push_back({"x", x, ""});
    std::vector<float> weights(size_t{64} * 96), bias(64);
    for (size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>((i * 7919) % 201) / 100 - 1;
    for (size_t i = 0; i < bias.size(); ++i) bias[i] = static_cast<float>(i % 5) - 2;
    const ValueId dense = b.add(op::FullyConnected, {x, b.floats(weights, {64, 96}), b.floats(bias, {64})}, {}, "dense");
    const ValueId swish = b.add(op::HardSwish, {dense}, {}, "swish");
    const ValueId part = b.add(op::Slice, {x}, {{"starts", Ints{0, 0}}, {"ends", Ints{1, 64}}, {"steps", Ints{1, 1}}}, "part");
    const ValueId sum = b.add(op::Add, {swish, part}, {}, "sum");
    g.outputs.push_back({"y", b.add(op::Softmax, {sum}, {}, "probabilities"), ""});
    return g;
}

CalibrationOptions by(Observer observer, int threads = 1) {
    CalibrationOptions options;
    options.observer = observer;
    options.threads = threads;
    return options;
}

Samples random(const Graph& g, int64_t count, uint64_t seed = 0) {
    DataOptions options;
    options.samples = count;
    options.seed = seed;
    return {g, options};
}

// What a maximum is padded with is no value that has to be stored.
TEST(Calibrate, the_lowest_number_that_pads_a_maximum_is_no_range) {
    Graph g;
    Builder b(g);
    const ValueId x = g.add_value("x", {DType::f32, {1, 6, 6, 2}, {}});
    g.inputs.push_back({"x", x, ""});
    const Attrs pads{{"before", Ints{0, 1, 1, 0}},
                     {"after", Ints{0, 1, 1, 0}},
                     {"value", static_cast<double>(std::numeric_limits<float>::lowest())}};
    const ValueId padded = b.add(op::Pad, {x}, pads);
    const ValueId y = b.add(op::MaxPool, {padded}, {{"kernel", Ints{3, 3}}, {"strides", Ints{2, 2}}});
    g.outputs.push_back({"y", y, ""});
    const Ranges ranges = calibrate(g, random(g, 20), {}).ranges;
    ASSERT_NE(ranges.of(padded), nullptr);
    EXPECT_EQ(ranges.of(padded)->range, ranges.of(x)->range);
    EXPECT_GT(ranges.of(y)->range.min, -10);
}

TEST(Calibrate, extremes_are_those_of_all_numbers) {
    const Graph g = network();
    const Samples samples = random(g, 20);
    const Ranges ranges = calibrate(g, samples, by(Observer::minmax)).ranges;
    std::vector<std::optional<Range>> expected(g.values.size());
    const auto see = [&](ValueId id, const float* numbers) {
        for (int64_t i = 0; i < g.type(id).elements(); ++i) {
            if (!expected[id]) expected[id] = Range{numbers[i], numbers[i]};
            expected[id] = Range{std::min(expected[id]->min, numbers[i]), std::max(expected[id]->max, numbers[i])};
        }
    };
    const Session session(g);
    for (size_t i = 0; i < samples.size(); ++i) {
        const std::vector<Buffer> inputs = samples.inputs(i);
        see(g.inputs[0].value, reinterpret_cast<const float*>(inputs[0].bytes().data()));
        session.run(inputs, [&](const EvalContext& c) { see(c.node.outputs[0], c.out[0].as<float>()); });
    }
    for (ValueId id = 0; id < g.values.size(); ++id) {
        ASSERT_EQ(ranges.of(id) != nullptr, expected[id].has_value()) << g.value(id).name;
        if (!expected[id]) continue;
        EXPECT_EQ(ranges.of(id)->seen, *expected[id]) << g.value(id).name;
        EXPECT_EQ(ranges.of(id)->range, *expected[id]) << g.value(id).name;
        EXPECT_EQ(ranges.of(id)->count, 20 * g.type(id).elements());
    }
}

TEST(Calibrate, automatic_ranges_leave_room_for_other_samples) {
    const Graph g = network();
    const Ranges seen = calibrate(g, random(g, 40), by(Observer::minmax)).ranges,
                 chosen = calibrate(g, random(g, 40), by(Observer::automatic)).ranges;
    const Ranges others = calibrate(g, random(g, 200, 1), by(Observer::minmax)).ranges;
    for (const Node& node : g.nodes) {
        if (!node.is(op::Add) && !node.is(op::Slice)) continue;  // of the others a kernel fixes one end
        const ValueId id = node.outputs[0];
        const Range before = seen.of(id)->range, range = chosen.of(id)->range;
        EXPECT_EQ(chosen.of(id)->seen, before) << g.value(id).name;
        EXPECT_GT(range.max, before.max) << g.value(id).name;
        EXPECT_LT(range.max - range.min, 2 * (before.max - before.min)) << g.value(id).name;
        EXPECT_LT(others.of(id)->seen.max, range.max) << g.value(id).name;
    }
}

TEST(Spread, moves_ends_by_deviations_of_extremes) {
    Spread spread;
    for (float max : {1.0f, 2.0f, 3.0f}) spread.add({0, max});
    const Range widened = spread.widened({0, 3}, 2);
    EXPECT_EQ(widened.min, 0);
    EXPECT_NEAR(widened.max, 3 + 2 * std::sqrt(2.0f / 3), 1e-5f);
    Spread fixed;
    for (int i = 0; i < 5; ++i) fixed.add({-1, 6});
    EXPECT_EQ(fixed.widened({-1, 6}, 2), (Range{-1, 6}));
}

TEST(Calibrate, threads_change_nothing) {
    const Graph g = network();
    const Samples samples = random(g, 37);
    for (Observer observer : {Observer::automatic, Observer::minmax, Observer::moving_average, Observer::percentile,
                              Observer::mse, Observer::entropy}) {
        const Ranges one = calibrate(g, samples, by(observer)).ranges;
        for (int threads : {2, 3, 8})
            EXPECT_EQ(calibrate(g, samples, by(observer, threads)).ranges, one) << observer_name(observer) << " on " << threads;
        if (observer == Observer::automatic) continue;  // it leaves room beyond what was seen
        for (const auto& o : one.tensors)
            EXPECT_TRUE(!o || (o->seen.min <= o->range.min && o->range.min <= o->range.max && o->range.max <= o->seen.max));
    }
}

TEST(Calibrate, names_of_observers_go_both_ways) {
    for (Observer observer : {Observer::automatic, Observer::minmax, Observer::moving_average, Observer::percentile,
                              Observer::mse, Observer::entropy})
        EXPECT_EQ(observer_from_name(observer_name(observer)), observer);
    EXPECT_EQ(observer_from_name("median"), std::nullopt);
}

TEST(Calibrate, the_moving_average_is_the_mean_of_the_first_hundred) {
    const Graph g = network();
    const Samples samples = random(g, 50);
    const ValueId x = g.inputs[0].value;
    double low = 0, high = 0;
    for (size_t i = 0; i < samples.size(); ++i) {
        const Buffer input = samples.inputs(i)[0];
        const std::span numbers(reinterpret_cast<const float*>(input.bytes().data()), 96);
        low += *std::min_element(numbers.begin(), numbers.end()) / 50;
        high += *std::max_element(numbers.begin(), numbers.end()) / 50;
    }
    const Observation o = *calibrate(g, samples, by(Observer::moving_average)).ranges.of(x);
    EXPECT_NEAR(o.range.min, low, 1e-5);
    EXPECT_NEAR(o.range.max, high, 1e-5);
}

TEST(Calibrate, padding_and_bounded_activations) {
    Graph g;
    Builder b(g);
    const ValueId x = g.add_value("x", {DType::f32, {1, 6, 6, 1}, {}});
    g.inputs.push_back({"x", x, ""});
    const ValueId high = b.add(op::Add, {x, b.floats({3}, {})}, {}, "high");
    const ValueId padded = b.add(op::Pad, {high}, {{"before", Ints{0, 1, 1, 0}}, {"after", Ints{0, 1, 1, 0}}}, "padded");
    const Attrs conv{{"strides", Ints{1, 1}},
                     {"dilations", Ints{1, 1}},
                     {"pads", Ints{0, 0, 0, 0}},
                     {"group", int64_t{1}},
                     {"activation", std::string("relu6")}};
    const ValueId weights = b.floats(std::vector<float>{-9, 1, 1, 1, 4, 1, 1, 1, 1}, {1, 3, 3, 1});
    const ValueId y = b.add(op::Conv, {padded, weights}, conv, "y");
    g.outputs.push_back({"y", y, ""});
    for (Observer observer : {Observer::minmax, Observer::moving_average, Observer::mse}) {
        const Ranges ranges = calibrate(g, random(g, 30), by(observer)).ranges;
        ASSERT_NE(ranges.of(padded), nullptr);
        EXPECT_GT(ranges.of(high)->seen.min, 1);
        EXPECT_EQ(ranges.of(padded)->seen, (Range{0, ranges.of(high)->seen.max}));
        EXPECT_EQ(ranges.of(y)->seen, (Range{0, 6}));
        EXPECT_EQ(ranges.of(y)->count, 30 * 36);
    }
}

TEST(Calibrate, what_is_computed_once_is_observed) {
    Graph g;
    const ValueId x = g.add_value("x", {DType::f32, {2}, {}});
    const ValueId c = g.add_constant("c", {DType::f32, {2}, {}}, Buffer::of(std::vector<float>{4, -1}));
    const ValueId once = g.add_value("once", {DType::f32, {2}, {}}), y = g.add_value("y", {DType::f32, {2}, {}});
    g.inputs.push_back({"x", x, ""});
    g.nodes.push_back({&op::Neg, {c}, {once}, {}, ""});
    g.nodes.push_back({&op::Add, {x, once}, {y}, {}, ""});
    g.outputs.push_back({"y", y, ""});
    const Ranges ranges = calibrate(g, random(g, 3), {}).ranges;
    ASSERT_NE(ranges.of(once), nullptr);
    EXPECT_EQ(ranges.of(once)->seen, (Range{-4, 1}));
    EXPECT_EQ(ranges.of(c), nullptr);
}

// One cell without recurrence and with open gates: the state is the sum of tanh(x) over time.
TEST(Calibrate, the_cell_state_of_an_lstm_is_observed) {
    Graph g;
    Builder b(g);
    const ValueId x = g.add_value("x", {DType::f32, {1, 10, 1}, {}});
    g.inputs.push_back({"x", x, ""});
    const ValueId none = b.floats({0}, {1, 1}), open = b.floats({100}, {1}), zero = b.floats({0}, {1});
    const ValueId one = b.floats({1}, {1, 1});
    std::vector<ValueId> operands{x, none, none, one, none, none, none, none, none};
    operands.insert(operands.end(), {no_value, no_value, no_value, open, open, zero, open});
    const ValueId y = b.add(op::LSTM, operands, {}, "lstm");
    g.outputs.push_back({"y", y, ""});
    const Samples samples = random(g, 5);
    Range expected;
    for (size_t i = 0; i < samples.size(); ++i) {
        const Buffer input = samples.inputs(i)[0];
        float state = 0;
        for (float v : std::span(reinterpret_cast<const float*>(input.bytes().data()), 10)) {
            state += std::tanh(v);
            expected = {std::min(expected.min, state), std::max(expected.max, state)};
        }
    }
    const Ranges ranges = calibrate(g, samples, {}).ranges;
    ASSERT_TRUE(ranges.of(y)->state.has_value());
    EXPECT_NEAR(ranges.of(y)->state->min, expected.min, 1e-5);
    EXPECT_NEAR(ranges.of(y)->state->max, expected.max, 1e-5);
}

TEST(Calibrate, a_number_that_is_none_is_an_error_that_names_the_tensor) {
    Graph g;
    const ValueId x = g.add_value("x", {DType::f32, {3}, {}}), y = g.add_value("bad", {DType::f32, {3}, {}});
    g.inputs.push_back({"x", x, ""});
    g.nodes.push_back({&op::Log, {x}, {y}, {}, ""});  // some x are negative
    g.outputs.push_back({"y", y, ""});
    try {
        calibrate(g, random(g, 10), {});
        FAIL();
    } catch (const Error& e) {
        EXPECT_EQ(e.fault, Fault::input);
        EXPECT_NE(std::string(e.what()).find("tensor 'bad' holds a NaN or an infinity"), std::string::npos) << e.what();
    }
}

TEST(Calibrate, dead_and_constant_tensors_are_named) {
    Graph g;
    Builder b(g);
    const ValueId x = g.add_value("x", {DType::f32, {8}, {}});
    g.inputs.push_back({"x", x, ""});
    const ValueId low = b.add(op::Sub, {x, b.floats({5}, {})}, {}, "low");
    const ValueId dead = b.add(op::Relu, {low}, {}, "dead");
    const ValueId still = b.add(op::Add, {dead, b.floats({2}, {})}, {}, "still");
    g.outputs.push_back({"y", still, ""});
    const std::vector<std::string> notes = calibrate(g, random(g, 4), {}).notes;
    ASSERT_EQ(notes.size(), 2u);
    EXPECT_EQ(notes[0].find("'dead' never leaves zero over 4 samples"), 0u) << notes[0];
    EXPECT_EQ(notes[1].find("'still' is the same number throughout 4 samples"), 0u) << notes[1];
    EXPECT_TRUE(calibrate(network(), random(network(), 4), {}).notes.empty());
}

TEST(Calibrate, other_preprocessing_shows_against_earlier_ranges) {
    const Graph g = network();
    const Ranges now = calibrate(g, random(g, 9), {}).ranges, again = calibrate(g, random(g, 9, 1), {}).ranges;
    EXPECT_TRUE(disagreements(g, now, again).empty());
    Ranges earlier = now;
    for (auto& o : earlier.tensors)
        if (o) o->seen = {o->seen.min * 255, o->seen.max * 255};
    const std::vector<std::string> found = disagreements(g, now, earlier);
    ASSERT_EQ(found.size(), 4u);
    EXPECT_EQ(found[0].find("'x' goes from "), 0u) << found[0];
    EXPECT_NE(found[3].find("--normalize"), std::string::npos) << found[3];
}

}  // namespace
}  // namespace tinsmith
