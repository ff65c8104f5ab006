// Plans of recurrent layers: TFLite's fused integer LSTM wants its states stored in its own way, and then computes what floats compute.
#include "ir/builder.hpp"
#include "ir/verify.hpp"
#include "op/list.hpp"
#include "op/lstm.hpp"
#include "quant/apply.hpp"
#include "quant/calibrate.hpp"
#include "random_values.hpp"

#include <gtest/gtest.h>

namespace tinsmith {
namespace {

// A layer from zero states, which an Add of zeros computes as a file's does, and a dense layer behind it.
Graph recurrent(uint32_t seed) {
    Numbers numbers(seed);
    const int64_t time = numbers.between(3, 12), in = numbers.between(1, 6), cells = numbers.between(1, 8);
    Graph g;
    Builder b(g);
    const ValueId x = g.add_value("x", {DType::f32, {1, time, in}, {}});
    g.inputs.push_back({"x", x, ""});
    std::vector<ValueId> operands(20, no_value);
    operands[lstm::x] = x;
    for (size_t gate = lstm::input_gate; gate <= lstm::output_gate; ++gate) {
        operands[lstm::weights + gate] = b.floats(numbers.normal(cells * in), {cells, in});
        operands[lstm::recurrent + gate] = b.floats(numbers.normal(cells * cells, 0.4f), {cells, cells});
        operands[lstm::bias + gate] = b.floats(numbers.normal(cells, 0.3f), {cells});
    }
    for (size_t state : {lstm::hidden, lstm::state}) {
        const Type type{DType::f32, {1, cells}, {}};
        operands[state] = g.add_value({}, type);
        g.nodes.push_back({&op::Add, {b.splat(0, type), b.splat(0, type)}, {operands[state]}, {}, ""});
    }
    const ValueId y = b.add(op::LSTM, operands, {}, "hidden states");
    const ValueId flat = b.add(op::Reshape, {y}, {{"shape", Ints{1, time * cells}}});
    g.outputs.push_back(
        {"y", b.add(op::FullyConnected, {flat, b.floats(numbers.normal(3 * time * cells), {3, time * cells})}), ""});
    verify(g);
    return g;
}

const Node& lstm_of(const Graph& g) {
    return *std::find_if(g.nodes.begin(), g.nodes.end(), [](const Node& node) { return node.is(op::LSTM); });
}

TEST(LstmPlan, states_are_stored_as_the_kernel_demands) {
    for (uint32_t seed = 1; seed <= 15; ++seed) {
        const Graph g = recurrent(seed);
        const Ranges ranges = calibrate(g, random_samples(g, 40, seed), {}).ranges;
        const QuantPlan plan = plan_quantization(g, ranges, {});
        const Node& layer = lstm_of(g);
        ASSERT_EQ(plan.nodes[static_cast<size_t>(&layer - g.nodes.data())].scheme, Scheme::int8);
        const Graph integers = apply_plan(g, plan);
        verify(integers);
        const Node& stored = lstm_of(integers);
        const Type &y = integers.type(stored.outputs[0]), &hidden = integers.type(stored.inputs[lstm::hidden]),
                   &cell = integers.type(stored.inputs[lstm::state]);
        EXPECT_EQ(hidden.dtype, y.dtype);
        EXPECT_EQ(*hidden.quant, *y.quant);
        ASSERT_EQ(cell.dtype, DType::i16);
        EXPECT_EQ(cell.quant->zero_point[0], 0);
        int exponent = 0;
        EXPECT_EQ(std::frexp(cell.quant->scale[0], &exponent), 0.5f) << "the scale is no power of two";
        const Range reached = *ranges.of(layer.outputs[0])->state;
        const float reach = std::max(-reached.min, reached.max), covers = 32768 * cell.quant->scale[0];
        EXPECT_GE(covers, reach);
        EXPECT_TRUE(covers < 2 * reach || reach < 1.0f / 128) << covers << " for " << reach;
        for (size_t gate = lstm::input_gate; gate <= lstm::output_gate; ++gate) {
            const auto scale = [&](size_t operand) { return integers.type(stored.inputs[operand]).quant->scale; };
            ASSERT_EQ(scale(lstm::weights + gate).size(), 1u);
            ASSERT_EQ(scale(lstm::recurrent + gate).size(), 1u);
            EXPECT_FLOAT_EQ(scale(lstm::bias + gate)[0],
                            scale(lstm::weights + gate)[0] * integers.type(stored.inputs[lstm::x]).quant->scale[0]);
        }
    }
}

TEST(LstmPlan, integers_compute_nearly_what_floats_compute) {
    double worst = INFINITY;
    for (uint32_t seed = 1; seed <= 15; ++seed) {
        const Graph g = recurrent(seed);
        Recipe recipe;
        recipe.io = Io::float32;
        const QuantPlan plan = plan_quantization(g, calibrate(g, random_samples(g, 100, seed), {}).ranges, recipe);
        worst = std::min(worst, signal_to_noise(g, apply_plan(g, plan), random_samples(g, 30, seed + 100)));
    }
    EXPECT_GT(worst, 22);
}

TEST(LstmPlan, without_the_range_of_its_cells_it_stays_float) {
    const Graph g = recurrent(1);
    Ranges ranges = calibrate(g, random_samples(g, 5), {}).ranges;
    ranges.tensors[lstm_of(g).outputs[0]]->state.reset();
    const QuantPlan plan = plan_quantization(g, ranges, {});
    const NodePlan& node = plan.nodes[static_cast<size_t>(&lstm_of(g) - g.nodes.data())];
    EXPECT_EQ(node.scheme, Scheme::stays_float);
    EXPECT_FALSE(node.reason.empty());
}

}  // namespace
}  // namespace tinsmith
